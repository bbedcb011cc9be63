# A D-Bus on which somebody means harm, and all that is connected to it: what a guest's user could put in at-spi's place.
#
#   perl hostile-bus.pl SOCKET DEED
#
# Prints a line when it listens, and ends with its standard input.
use strict;
use warnings;
use Socket;

my ($path, $deed) = @ARGV;
$SIG{CHLD} = $SIG{PIPE} = 'IGNORE';
socket my $listener, AF_UNIX, SOCK_STREAM, 0 or die;
bind $listener, pack_sockaddr_un($path) or die "$path: $!";
listen $listener, 8 or die;
$| = 1;
print "listening\n";
my $parent = $$;
if (!fork) { 1 while sysread STDIN, my $rest, 1024; kill 'KILL', -$parent, $parent; exit }
setpgrp;
while (accept my $client, $listener) { if (!fork) { attend($client); exit } close $client }

# --- messages

sub align { my ($bytes, $to) = @_; $bytes . "\0" x (-length($bytes) % $to) }
sub text { pack 'L</a x', $_[0] }

# An array of names and paths.
sub places {
    my $list = '';
    for (@_) {
        $list .= "\0" x (-length($list) % 8) . text($_->[0]);
        $list .= "\0" x (-length($list) % 4) . text($_->[1]);
    }
    return pack('L<', length $list) . "\0" x 4 . $list;
}

sub reply {
    my ($client, $serial, $signature, $body, $order) = @_;
    my $fields = pack('CCaC L<', 5, 1, 'u', 0, $serial);
    $fields = align($fields, 8) . pack('CCaC C/a x', 8, 1, 'g', 0, $signature) if length $signature;
    send_all($client, align(pack('aCCCL<L<L</a', $order // 'l', 2, 1, 1, length $body, 7, $fields), 8) . $body);
}

sub send_all {
    my ($client, $bytes) = @_;
    while (length $bytes) { my $n = syswrite $client, $bytes or exit; substr $bytes, 0, $n, '' }
}

sub attend {
    my ($client) = @_;
    my $in = '';
    my $more = sub { sysread $client, $in, 65536, length $in or exit };
    $more->() until $in =~ s/^\0AUTH [^\n]*\n//;
    send_all($client, 'x' x 50_000_000) if $deed eq 'endless greeting';
    send_all($client, "OK 0123456789abcdef0123456789abcdef\r\n");
    $more->() until $in =~ s/^BEGIN\r\n//;
    while (1) {
        $more->() while length $in < 16;
        my ($length, $serial, $size) = unpack 'x4 L<L<L<', $in;
        my $start = 16 + $size + (-$size % 8);
        $more->() while length $in < $start + $length;
        my $head = substr $in, 16, $size;
        substr $in, 0, $start + $length, '';
        my ($object) = $head =~ m{\x01\x01o\0....([^\0]*)}s;
        my ($member) = $head =~ m{\x03\x01s\0....([^\0]*)}s;
        answer($client, $serial, $object, $member);
    }
}

# --- deeds

my $fresh = 0;

sub answer {
    my ($client, $serial, $object, $member) = @_;
    return reply($client, $serial, 's', text(':1.7')) if $member eq 'Hello';
    return reply($client, $serial, 's', text("unix:path=$path")) if $member eq 'GetAddress';
    my $isRoot = $object eq '/org/a11y/atspi/accessible/root';
    return if $deed eq 'silence';
    if ($deed eq 'one byte at a time') {
        while (1) { send_all($client, 'l'); select undef, undef, undef, 0.05 }
    }
    if ($deed eq 'endless signals') {
        while (1) { send_all($client, align(pack('aCCCL<L<L<', 'l', 4, 1, 1, 0, 7, 0), 8) x 1000) }
    }
    if ($deed eq 'noise') {
        my $x = 1;
        my $next = sub { $x = ($x * 1103515245 + 12345) & 0x7fffffff; chr($x >> 16 & 255) };
        while (1) { send_all($client, join '', map { $next->() } 1 .. 4096) }
    }
    return send_all($client, pack('aCCCL<L<L<', 'l', 2, 1, 1, 0xffffffff, 7, 0xffffffff))
        if $deed eq 'a length that is a lie';
    return reply($client, $serial, '', '', 'B') if $deed eq 'another byte order';
    return reply($client, $serial, '(' x 255, "\0" x 64) if $deed eq 'open brackets';
    return reply($client, $serial, 'a(so)', pack('L<L<', 0x7fffffff, 0)) if $deed eq 'an array past the end';
    return reply($client, $serial, 't', "\0" x 8) if $deed eq 'wrong types';
    return reply($client, $serial, 'a()', pack('L<L<', 64, 0) . "\0" x 64) if $deed eq 'endless items of nothing';
    if ($member eq 'Get') {
        return reply($client, $serial, 'v', ("\1v\0" x 200_000) . "\1y\0\0") if $deed eq 'nested variants';
        return reply($client, $serial, 'v', "\1s\0\0" . text('n' x 6_000_000)) if $deed eq 'a long name';
    }

    # From here on a tree that is well-formed, and more than there should be.
    if ($member eq 'GetChildren') {
        if ($deed eq 'nothing') { return reply($client, $serial, 'a(so)', places($isRoot ? [':1.1', '/p'] : $object eq '/p' ? [':1.1', '/e'] : ())) }
        my @children = $isRoot ? ([':1.1', '/p']) : ([':1.1', '/e' . $fresh++]);
        if ($deed eq 'a circle') { @children = ([':1.1', '/p'], [':1.1', '/org/a11y/atspi/accessible/root'], [':1.1', '/p']) }
        if ($deed eq 'far too many children') { @children = map { [':1.1', "/e$_"] } 1 .. 400_000 if !$isRoot }
        if ($deed eq 'endless children' && !$isRoot) { @children = map { [':1.1', '/e' . $fresh++] } 1 .. 50 }
        return reply($client, $serial, 'a(so)', places(@children));
    }
    return reply($client, $serial, 'v', "\1s\0\0" . text("name\t\n\xff")) if $member eq 'Get';
    return reply($client, $serial, 'u', pack 'L<', 43) if $member eq 'GetRole';
    return reply($client, $serial, 'au', pack('L<L<L<', 8, 1 << 25, 0)) if $member eq 'GetState';
    return reply($client, $serial, '(iiii)', pack('l<l<l<l<', -2147483648, 2147483647, -1, 2147483647)) if $member eq 'GetExtents';
    reply($client, $serial, 'as', pack 'L<', 0);
}
