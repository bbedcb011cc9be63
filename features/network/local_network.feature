Feature: The local network gives addresses and the time
  A system that lets the network tell it its addresses and the time says no more for that than it has to, and the
  network's servers know of every message.

  @local-network
  Scenario: Time and an address of IPv6 come from the network, and both sides know
    Given the system is up and has a network
    And the network's clock is right
    And the network leases IPv6 addresses
    And the firewall is switched off
    And DHCPv6 is switched on
    When a program sends NTP to "203.0.113.123:123"
    Then nothing has leaked
