# Reads what the programs on the screen tell of themselves through at-spi, and prints it; runs in the guest, as root.
#
# It needs perl-base, and no library of D-Bus or at-spi. Not even Perl's own for sockets: to load those takes an emulated
# guest longer than all the rest. Numbers of constants are Linux's. It asks all that it can at
# once and reads the answers as they come: a question a time would take a round through two programs for each.
#
# Prints records of fields between tabs, with % before what is not printable ASCII; the first field says which kind:
#   program  NUMBER NAME                 a program
#   element  NUMBER PARENT ROLE STATES X Y WIDTH HEIGHT LABEL NAME TEXT VALUE
#                                        below a program or element; LABEL is the element that stands for its name
#   lacking  WHAT                        something that could not be read
#   end      COUNT                       of programs and elements: without it, the answer is not whole
#   failed   REASON                      nothing could be read at all
# Programs and elements are numbered as they come, from 0. STATES is hexadecimal. What is not known is "-"; a TEXT begins with T.
use strict;

my ($seconds, $most_elements, $most_children, $most_depth, $most_bytes, $user, $session_bus) = @ARGV;
my $deadline = time + $seconds;
my $patience = $seconds / 4;
# Should an answer keep it busy, and not waiting.
$SIG{ALRM} = sub { die "late\n" };
alarm $seconds + 1;

sub fail { print "failed\t", escaped($_[0]), "\n"; exit 0 }
sub escaped { my ($t) = @_; $t =~ s/([^\x21-\x24\x26-\x7e ])/sprintf '%%%02x', ord $1/ge; $t }

# --- whose screen it is

$user //= session_user();
fail('nobody is logged in at the screen') unless defined $user;
$session_bus //= "/run/user/$user/bus";
my ($owner, $group) = (stat $session_bus)[4, 5];
fail("the session of user $user has no D-Bus") unless defined $owner && $owner == $user;
# What a session holds is in its user's hands: from here on with no more rights than the user has.
($(, $)) = ($group, "$group $group");
($<, $>) = ($user, $user);
fail('the rights of root could not be given up') if $> != $user || $< != $user;

# The user who has a session; if there are several, the one whose session is in front on the first seat.
sub session_user {
    opendir my $folder, '/run/user' or return;
    my @users = grep { /^\d+$/ && -e "/run/user/$_/bus" } readdir $folder;
    return $users[0] if @users < 2;
    my $session = property('show-seat', 'seat0', 'ActiveSession');
    return unless defined $session && $session =~ /^\w+$/;
    my $id = property('show-session', $session, 'User');
    return defined $id && $id =~ /^\d+$/ ? $id : undef;
}

sub property {
    my ($act, $name, $property) = @_;
    open my $pipe, '-|', 'loginctl', $act, $name, "--property=$property", '--value' or return;
    my $value = <$pipe>;
    close $pipe;
    chomp $value if defined $value;
    return $value;
}

# --- D-Bus, as far as it is needed: https://dbus.freedesktop.org/doc/dbus-specification.html

package Bus;

sub new {
    my ($class, $address) = @_;
    my ($kind, $path) = $address =~ /^unix:(path|abstract)=([^,;]+)/ or return;
    $path =~ s/%([0-9a-fA-F]{2})/chr hex $1/ge;
    $path = "\0$path" if $kind eq 'abstract';
    return if length $path > 107;
    socket my $socket, 1, 1, 0 or return;    # AF_UNIX, SOCK_STREAM
    # The name of an abstract socket has no end but that of the address.
    connect $socket, pack($kind eq 'abstract' ? 'Sa*' : 'Sa108', 1, $path) or return;
    fcntl $socket, 4, 2048;    # F_SETFL, O_NONBLOCK
    my $self = bless {socket => $socket, in => '', out => '', serial => 0, bytes => 0}, $class;
    my $id = join '', map { sprintf '%02x', ord } split //, $<;
    $self->{out} = "\0AUTH EXTERNAL $id\r\n";
    $self->turn until $self->{in} =~ s/^([^\n]*)\n//;
    return unless $1 =~ /^OK /;
    $self->{out} = "BEGIN\r\n";
    $self->call(['org.freedesktop.DBus', '/org/freedesktop/DBus'], 'org.freedesktop.DBus', 'Hello');
    return $self;
}

# Writes and reads what can be, and waits for it when nothing can.
sub turn {
    my ($self) = @_;
    # Who has not answered for a while hangs, and has not to be waited for until the end.
    my $left = $deadline - time;
    $left = $patience if $left > $patience;
    die "late\n" if $left <= 0;
    my $fd = fileno $self->{socket};
    my ($r, $w) = ('', '');
    vec($r, $fd, 1) = 1;
    vec($w, $fd, 1) = 1 if length $self->{out};
    select($r, $w, undef, $left) or die "late\n";
    if (vec($w, $fd, 1)) {
        my $written = syswrite $self->{socket}, $self->{out};
        substr($self->{out}, 0, $written) = '' if $written;
    }
    if (vec($r, $fd, 1)) {
        my $read = sysread $self->{socket}, $self->{in}, 65536, length $self->{in};
        die "the bus has hung up\n" if defined $read && $read == 0;
        $self->{bytes} += $read // 0;
        die "more than $most_bytes bytes\n" if $self->{bytes} > $most_bytes;
    }
}

# Puts a question in line; its answer goes to `then`, with nothing when it is an error.
sub ask {
    my ($self, $to, $interface, $member, $signature, $body, $then) = @_;
    my $serial = ++$self->{serial};
    my $fields = '';
    for ([1, 'o', $to->[1]], [6, 's', $to->[0]], [2, 's', $interface], [3, 's', $member], [8, 'g', $signature]) {
        my ($code, $type, $value) = @$_;
        next unless length $value;
        $fields .= "\0" x (-length($fields) % 8);
        $fields .= pack 'CCaC', $code, 1, $type, 0;
        $fields .= $type eq 'g' ? pack 'C/a x', $value : pack 'L</a x', $value;
    }
    my $message = pack 'aCCCL<L<L</a', 'l', 1, 0, 1, length $body, $serial, $fields;
    $self->{out} .= $message . "\0" x (-length($message) % 8) . $body;
    $self->{waiting}{$serial} = {to => $to->[0], then => $then};
}

# Waits until every question is answered; dies when the time is over.
sub finish {
    my ($self) = @_;
    while (%{$self->{waiting}}) {
        $self->turn unless $self->next;
    }
}

# Takes one message, when it is there.
sub next {
    my ($self) = @_;
    return 0 if length $self->{in} < 16;
    my ($order, $type, undef, undef, $length, undef, $fields) = unpack 'aCCCL<L<L<', $self->{in};
    die "a message that is not understood\n" if $order ne 'l' || $length > 1 << 24 || $fields > 1 << 16;
    my $start = 16 + $fields + (-$fields % 8);
    return 0 if length $self->{in} < $start + $length;
    my $message = substr $self->{in}, 0, $start + $length, '';
    return 1 if $type != 2 && $type != 3;
    my ($at, $serial) = (16);
    my $signature = '';
    while ($at < 16 + $fields) {
        $at += -$at % 8;
        my $code = unpack 'C', substr $message, $at++, 1;
        my ($kind) = take(\$message, \$at, 'g');
        my ($value) = take(\$message, \$at, $kind);
        $serial = $value if $code == 5;
        $signature = $value if $code == 8;
    }
    my $question = delete $self->{waiting}{$serial // 0} or return 1;
    # Whoever answered with an error, or with another type than it has to, has told nothing.
    $at = $start;
    $question->{then}->($type == 2 ? ($signature, take(\$message, \$at, $signature)) : ());
    return 1;
}

sub call {
    my ($self, $to, $interface, $member, $signature, $body) = @_;
    my @answer;
    $self->ask($to, $interface, $member, $signature // '', $body // '', sub { @answer = @_ });
    $self->finish;
    return $answer[1];
}

my %fixed = (y => [1, 'C'], b => [4, 'L<'], n => [2, 's<'], q => [2, 'S<'], i => [4, 'l<'], u => [4, 'L<'], x => [8, 'q<'],
    t => [8, 'Q<'], d => [8, 'd<'], h => [4, 'L<']);

# Takes values of the types of a signature.
sub take {
    my ($bytes, $at, $signature, $depth) = @_;
    die "too deep\n" if ($depth // 0) > 16;
    my @values;
    while (length $signature) {
        my $type = substr $signature, 0, 1, '';
        if (my $form = $fixed{$type}) {
            $$at += -$$at % $form->[0];
            push @values, unpack $form->[1], part($bytes, $at, $form->[0]);
        } elsif ($type eq 's' || $type eq 'o') {
            $$at += -$$at % 4;
            push @values, part($bytes, $at, unpack 'L<', part($bytes, $at, 4));
            $$at++;
        } elsif ($type eq 'g') {
            push @values, part($bytes, $at, unpack 'C', part($bytes, $at, 1));
            $$at++;
        } elsif ($type eq 'v') {
            my ($inner) = take($bytes, $at, 'g');
            push @values, take($bytes, $at, $inner, ($depth // 0) + 1);
        } elsif ($type eq '(') {
            $signature =~ s/^((?:[^()]|(\((?:[^()]|(?2))*\)))*)\)// or die "an open bracket\n";
            # Of what has no length an array has any number.
            die "a struct of nothing\n" if $1 eq '';
            $$at += -$$at % 8;
            push @values, [take($bytes, $at, $1, ($depth // 0) + 1)];
        } elsif ($type eq 'a' && $signature =~ s/^([yutisoxd]|\((?:[^()]|(\((?:[^()]|(?2))*\)))*\))//) {
            my $inner = $1;
            my ($length) = take($bytes, $at, 'u');
            $$at += -$$at % 8 if $inner =~ /^[(xtd]/;
            my $end = $$at + $length;
            die "an array that is too long\n" if $end > length $$bytes;
            my @items;
            push @items, take($bytes, $at, $inner, ($depth // 0) + 1) while $$at < $end;
            push @values, \@items;
        } else {
            die "the type $type\n";
        }
    }
    return @values;
}

sub part {
    my ($bytes, $at, $length) = @_;
    die "a message that ends too early\n" if $$at + $length > length $$bytes;
    my $part = substr $$bytes, $$at, $length;
    $$at += $length;
    return $part;
}

sub text { pack 'L</a x', $_[0] }
sub two_texts { my $first = text($_[0]); $first . "\0" x (-length($first) % 4) . text($_[1]) }

package main;

# --- the way to the programs

my $session = eval { Bus->new("unix:path=$session_bus") }
    or fail("the session of user $user has no D-Bus");
my $address = eval { $session->call(['org.a11y.Bus', '/org/a11y/bus'], 'org.a11y.Bus', 'GetAddress') };
fail("the session of user $user offers no at-spi (nobody owns org.a11y.Bus)") unless defined $address && !ref $address;
my $bus = eval { Bus->new($address) } or fail("at-spi's bus does not answer at $address");

# --- the tree

my $accessible = 'org.a11y.atspi.Accessible';
my $component = 'org.a11y.atspi.Component';
my $showing = 1 << 25;
my (@elements, %known, @lacking);

# Roles that hold neither text nor a value, by their numbers: a question less for most of what is on a screen. They are
# filler, frame, menu, menu bar, menu item, page tab list, panel, push button, scroll pane, separator, split pane, tool bar
# and viewport.
my %plain = map { $_ => 1 } 20, 23, 33, 34, 35, 38, 39, 43, 49, 50, 53, 63, 68;

sub lack { push @lacking, substr $_[0], 0, 200 if @lacking < 32 && !grep { $_ eq substr $_[0], 0, 200 } @lacking }

# Asks for a property; the answer is undefined when there is none.
sub property_of {
    my ($to, $interface, $name, $then) = @_;
    $bus->ask($to, 'org.freedesktop.DBus.Properties', 'Get', 'ss', Bus::two_texts($interface, $name), sub {
        my ($signature, $value) = @_;
        $then->(defined $signature && $signature eq 'v' && !ref $value ? $value : undef);
    });
}

descend({to => ['org.a11y.atspi.Registry', '/org/a11y/atspi/accessible/root'], depth => 0});
if (!eval { $bus->finish; 1 }) {
    chomp(my $error = $@);
    lack($error) if $error ne 'late';
    # A program that hangs takes nothing from what the others told.
    my %silent = map { $_->{to} => 1 } values %{$bus->{waiting}};
    for my $program (sort keys %silent) {
        my ($element) = grep { $_->{depth} == 1 && $_->{to}[0] eq $program } @elements;
        my $name = $element ? $element->{name} // '' : '';
        lack("an answer of the program $program ($name)");
    }
}

# Asks for what is below an element, and for all that there is to know of it.
sub descend {
    my ($parent) = @_;
    return lack("more than $most_depth levels") if $parent->{depth} >= $most_depth;
    $bus->ask($parent->{to}, $accessible, 'GetChildren', '', '', sub {
        my ($signature, $children) = @_;
        # An element may have gone since it was named, which is no loss; a program's silence is one.
        return if !defined $signature && $parent->{depth} > 1;
        return lack("what is below $parent->{to}[0]") unless ($signature // '') eq 'a(so)';
        my $count = @$children;
        if ($count > $most_children) { lack("more than $most_children children"); $count = $most_children }
        for my $child (@$children[0 .. $count - 1]) {
            next if $child->[1] eq '/org/a11y/atspi/null';
            my $key = "@$child";
            if (defined $known{$key}) { lack('an element that is in two places'); next }
            if (@elements >= $most_elements) { lack("more than $most_elements elements"); return }
            my $element = {to => $child, parent => $parent->{number}, depth => $parent->{depth} + 1};
            $known{$key} = $element->{number} = @elements;
            push @elements, $element;
            look($element);
        }
    });
}

sub look {
    my ($element) = @_;
    my $to = $element->{to};
    property_of($to, $accessible, 'Name', sub { $element->{name} = $_[0] });
    # A program itself has no state and no place.
    return descend($element) if $element->{depth} == 1;
    $bus->ask($to, $accessible, 'GetRole', '', '', sub { $element->{role} = $_[1] if ($_[0] // '') eq 'u' });
    $bus->ask($to, $accessible, 'GetState', '', '', sub {
        my ($signature, $words) = @_;
        return unless defined $signature && $signature eq 'au' && @$words;
        $element->{states} = $words->[0] | ($words->[1] // 0) << 32;
        # What is not showing has no place, and nothing below it that is: the items of closed menus, the pages behind the
        # first.
        return unless $element->{states} & $showing;
        descend($element);
        look_closer($element);
    });
}

# Asks for what only counts of an element that is showing.
sub look_closer {
    my ($element) = @_;
    my $to = $element->{to};
    $bus->ask($to, $component, 'GetExtents', 'u', pack('L<', 0), sub {
        $element->{box} = $_[1] if ($_[0] // '') eq '(iiii)';
    });
    return if $plain{$element->{role} // 0};
    $bus->ask($to, $accessible, 'GetInterfaces', '', '', sub {
        return unless ($_[0] // '') eq 'as';
        my %has = map { $_ => 1 } @{$_[1]};
        if ($has{'org.a11y.atspi.Text'}) {
            $bus->ask($to, 'org.a11y.atspi.Text', 'GetText', 'ii', pack('l<l<', 0, -1), sub {
                $element->{text} = $_[1] if ($_[0] // '') eq 's';
            });
        }
        # What has no name of its own, such as a field, may have a label beside it.
        if (($element->{name} // '') eq '' && ($has{'org.a11y.atspi.Text'} || $has{'org.a11y.atspi.Value'})) {
            $bus->ask($to, $accessible, 'GetRelationSet', '', '', sub {
                return unless ($_[0] // '') eq 'a(ua(so))';
                my ($labelled) = grep { $_->[0] == 2 && @{$_->[1]} } @{$_[1]};
                $element->{label} = join ' ', @{$labelled->[1][0]} if $labelled;
            });
        }
        if ($has{'org.a11y.atspi.Value'}) {
            property_of($to, 'org.a11y.atspi.Value', 'CurrentValue', sub { $element->{value} = $_[0] });
        }
    });
}

# --- the answer

sub cut {
    my ($value, $most, $what) = @_;
    return '' unless defined $value;
    lack("the end of a long $what") if length $value > $most;
    return escaped(substr $value, 0, $most);
}

for my $element (@elements) {
    my $name = cut($element->{name}, 1024, 'name');
    if ($element->{depth} == 1) { print "program\t$element->{number}\t$name\n"; next }
    my $label = defined $element->{label} ? $known{$element->{label}} : undef;
    print join("\t", 'element', $element->{number}, $element->{parent}, $element->{role} // '-',
        defined $element->{states} ? sprintf('%x', $element->{states}) : '-', @{$element->{box} // [('-') x 4]},
        $label // '-', $name, defined $element->{text} ? 'T' . cut($element->{text}, 65536, 'text') : '-',
        $element->{value} // '-'), "\n";
}
print "lacking\t", escaped($_), "\n" for @lacking;
print "end\t", scalar @elements, "\n";
