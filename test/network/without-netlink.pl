# Runs a program to which the system refuses AF_NETLINK sockets, as systemd's RestrictAddressFamilies does: perl without-netlink.pl node …
use strict;
use warnings;
use POSIX ();

use constant { AF_NETLINK => 16, EAFNOSUPPORT => 97, PR_SET_SECCOMP => 22, PR_SET_NO_NEW_PRIVS => 38, MODE_FILTER => 2 };
use constant { LOAD => 0x20, JUMP_IF_EQUAL => 0x15, RETURN => 0x06, ALLOW => 0x7fff0000, ERRNO => 0x00050000 };

# The numbers of the system calls prctl and socket.
my %calls = (x86_64 => [157, 41], aarch64 => [167, 198]);
my $machine = (POSIX::uname())[4];
my ($prctl, $socket) = @{ $calls{$machine} or die "no system call numbers for $machine\n" };

# Each instruction: code, how far to jump if true and if false, operand. The first argument of a call is at offset 16.
my @filter = (
  [LOAD, 0, 0, 0], [JUMP_IF_EQUAL, 0, 3, $socket],
  [LOAD, 0, 0, 16], [JUMP_IF_EQUAL, 0, 1, AF_NETLINK],
  [RETURN, 0, 0, ERRNO | EAFNOSUPPORT], [RETURN, 0, 0, ALLOW],
);
my $code = join "", map { pack("S C C L", @$_) } @filter;
my $program = pack("S x![P] P", scalar(@filter), $code);
syscall($prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 or die "no new privileges: $!\n";
syscall($prctl, PR_SET_SECCOMP, MODE_FILTER, $program, 0, 0) == 0 or die "filter: $!\n";
exec @ARGV or die "$ARGV[0]: $!\n";
