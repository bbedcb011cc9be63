Feature: A hostile network learns nothing
  People use the system in networks that they have reason to fear. Whatever such a network claims, forges or forbids,
  nothing but Tor leaves the system, and what goes through Tor goes on where the network lets it.

  Rule: Lies of the network change nothing

    Background:
      Given the system is connected to Tor

    Scenario Outline: Pages and names come through Tor despite <attack>
      Given the network attacks by <attack>
      When the page "http://web.test/" is fetched through Tor
      Then the page says "Assay simulated web"
      And the web server was visited by an exit relay, and by nobody else
      When the name "news.test" is looked up
      Then the answer is the address "203.0.113.80"
      And nothing has leaked

      Examples:
        | attack                          |
        | a flood of router advertisements |
        | forged DNS answers              |

    Scenario: The gateway is a man in the middle
      Given the network attacks by spoofing of the gateway
      When the page "http://web.test/" is fetched through Tor
      Then the page says "Assay simulated web"
      And the system has met spoofing of the gateway
      And nothing has leaked

    Scenario: Several attacks at once
      Given the network attacks by a flood of router advertisements
      And the network attacks by spoofing of the gateway
      And the network attacks by forged DNS answers
      When the page "http://web.test/" is fetched through Tor
      Then the page says "Assay simulated web"
      And nothing has leaked

  Rule: An address from a rogue server brings nothing else along

    Scenario: The system starts in the network of a rogue DHCP server
      Given the network attacks by a rogue DHCP server
      And the computer is booted
      And the network is up
      Then the system has met a rogue DHCP server
      When Tor is connected
      And the page "http://web.test/" is fetched through Tor
      Then the page says "Assay simulated web"
      And nothing has leaked

  Rule: Who is kept from Tor does without, and does not go around it

    Background:
      Given the system is connected to Tor

    Scenario Outline: Nothing goes past Tor during <attack>
      Given the network attacks by <attack>
      Then the page "http://web.test/" can't be fetched through Tor
      And the system has met <attack>
      And nothing has leaked

      Examples:
        | attack                          |
        | resets of all connections       |
        | blocking of all relays but bridges |
        | refusal of all relays but bridges |

  Rule: Who is kept from the directory authorities finds the way by other directories

    Scenario: The censor blocks the directory authorities
      Given the system is up and has a network
      And the network attacks by blocking of the directory authorities
      And Tor is connected
      When the page "http://web.test/" is fetched through Tor
      # Which directory Tor asks first is chance, so nothing is said of whether it has met the censor.
      Then the page says "Assay simulated web"
      And nothing has leaked
