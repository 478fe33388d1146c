# shop.pl db: serves until it is ended, in the background once it listens. shop.pl web COUNT: so many connections to it.
use strict;
use warnings;
use IO::Socket::INET;

my ($role, $count) = @ARGV;
my $address = '127.0.0.1:7001';
if ($role eq 'db') {
    my $server = IO::Socket::INET->new(LocalAddr => $address, Listen => 5, ReuseAddr => 1) or die $!;
    exit if fork;
    while (my $client = $server->accept) {
        print $client "ok\n";
        close $client;
    }
} else {
    for (1 .. $count) {
        my $connection = IO::Socket::INET->new($address) or die $!;
        <$connection> eq "ok\n" or die 'no answer';
        close $connection;
    }
}
