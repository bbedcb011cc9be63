Feature: Only Tor leaves the system
  People use the system because nothing but Tor ever reaches the network, whatever a program tries.
  The computer stands in a closed internet that would answer everything that gets out.

  Rule: What does not go through Tor is dropped, and the attempt is logged

    Background:
      Given the system is up and has a network

    Scenario Outline: A program sends <traffic> past Tor
      When a program sends <traffic> to "<destination>"
      Then the firewall logs the dropped <traffic>
      And nothing has leaked

      Examples:
        | traffic | destination        |
        | TCP     | 203.0.113.80:80    |
        | UDP     | 203.0.113.123:123  |
        | ICMP    | 203.0.113.80       |

    Scenario: A program sends IPv6 past Tor, even after IPv6 was switched on
      Given IPv6 is switched on
      When a program sends IPv6 to "2001:db8:80::80"
      Then the firewall logs the dropped IPv6
      And nothing has leaked

  Rule: What goes through Tor works

    Background:
      Given the system is connected to Tor

    Scenario: A page is fetched through Tor
      When the page "http://web.test/" is fetched through Tor
      Then the page says "Assay simulated web"
      And the web server was visited by an exit relay, and by nobody else

    Scenario: Names are looked up through Tor
      When the name "news.test" is looked up
      Then the answer is the address "203.0.113.80"
      And an exit relay looked up "news.test", and nobody else did
