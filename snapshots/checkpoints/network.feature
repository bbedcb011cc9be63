Feature: States with a network that was changed
  What was started in the network before a state was kept has to be there when it is gone on from.

  @temporary
  Scenario: the system uses an ssh server in a network that answers every address
    Given the system is connected to Tor
    And the network answers every address
    And the network has an ssh server
    And the system has a key for the ssh server

  @temporary @bridges
  Scenario: the system is connected to Tor by a bridge
    Given the system is up and has a network
    And the network has an obfs4 bridge
    And Tor knows the bridge lines
    And Tor is connected
