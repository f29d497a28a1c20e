# Captures what passes an interface and hands it to tcpdump: perl capture.pl eth0 unshare -U tcpdump -r - -nn udp
# tcpdump can't capture there itself: as root it insists on becoming another user, and the lab's user namespace has none.
use strict;
use warnings;

use constant { AF_PACKET => 17, SOCK_RAW => 3, ETH_P_ALL => 3, SIOCGIFINDEX => 0x8933, SIOCGSTAMP => 0x8906 };

my ($device, @reader) = @ARGV;
socket(my $socket, AF_PACKET, SOCK_RAW, 0) or die "can't capture: $!\n";
my $request = pack("a16 x24", $device);
ioctl($socket, SIOCGIFINDEX, $request) or die "$device: $!\n";
my $index = unpack("x16 l", $request);
bind($socket, pack("S n l x12", AF_PACKET, ETH_P_ALL, $index)) or die "$device: $!\n";

open(my $out, "|-", @reader) or die "$reader[0]: $!\n";
syswrite($out, pack("L S2 l L3", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1));
while (1) {
  defined recv($socket, my $frame, 65535, 0) or next; # the link went down, and may come up again
  my $stamp = pack("q2", 0, 0);
  ioctl($socket, SIOCGSTAMP, $stamp);
  syswrite($out, pack("L4", unpack("q2", $stamp), length $frame, length $frame) . $frame);
}
