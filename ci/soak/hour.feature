Feature: An hour of use
  People use the system for hours. Nothing may leave it past Tor in all that time, and of every byte that leaves both
  sides must know: what the network card sent, and what the relays received.

  Scenario: An hour of mixed use through Tor is clean, and accounted for byte by byte
    Given the system is connected to Tor
    When pages and names are fetched through Tor for 8 minutes
    And nobody uses the system for 4 minutes
    And Tor is restarted
    And pages and names are fetched through Tor for 8 minutes
    And the network is reconnected
    And pages and names are fetched through Tor for 8 minutes
    And nobody uses the system for 6 minutes
    And Tor is restarted
    And pages and names are fetched through Tor for 8 minutes
    And the network is reconnected
    And nobody uses the system for 4 minutes
    And pages and names are fetched through Tor for 14 minutes
    Then nothing has leaked

  @short
  Scenario: A few minutes of the same
    Given the system is connected to Tor
    When pages and names are fetched through Tor for 1 minutes
    And Tor is restarted
    And nobody uses the system for 1 minutes
    And the network is reconnected
    And pages and names are fetched through Tor for 1 minutes
    Then nothing has leaked
