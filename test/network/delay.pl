# Joins two tap interfaces by a line with a delay: perl delay.pl tap1 tap2 EVERY DELAY...
# The delays, in milliseconds, hold for EVERY milliseconds each, in turn. A frame that was sent later may arrive earlier, where the
# delay becomes shorter. (The kernel's own netem is not compiled in everywhere.)
use strict;
use warnings;
use Time::HiRes qw(time);

use constant { TUNSETIFF => 0x400454ca, IFF_TAP => 2, IFF_NO_PI => 0x1000 };

my ($one, $other, $every, @delays) = @ARGV;
my @taps = map { attach($_) } $one, $other;
my @queue; # [time due, tap, frame], the first due first
my $start = time;
print STDERR "the line is open\n";
while (1) {
  my $wait = @queue ? $queue[0][0] - time : undef;
  my $bits = "";
  vec($bits, fileno $_, 1) = 1 for @taps;
  $wait = 0 if defined $wait && $wait < 0;
  select($bits, undef, undef, $wait);
  for my $in (0, 1) {
    next unless vec($bits, fileno $taps[$in], 1);
    sysread($taps[$in], my $frame, 65535) or next;
    my $delay = $delays[int((time - $start) * 1000 / $every) % @delays];
    put([time + $delay / 1000, $taps[1 - $in], $frame]);
  }
  while (@queue && $queue[0][0] <= time) {
    my (undef, $tap, $frame) = @{ shift @queue };
    syswrite($tap, $frame);
  }
}

sub attach {
  my ($name) = @_;
  open(my $tap, "+<", "/dev/net/tun") or die "no taps: $!\n";
  ioctl($tap, TUNSETIFF, pack("a16 S x22", $name, IFF_TAP | IFF_NO_PI)) or die "$name: $!\n";
  return $tap;
}

sub put {
  my ($entry) = @_;
  my $at = @queue;
  $at-- while $at > 0 && $queue[$at - 1][0] > $entry->[0];
  splice(@queue, $at, 0, $entry);
}
