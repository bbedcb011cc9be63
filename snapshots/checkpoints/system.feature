Feature: States that scenarios start from
  A step with the title of one of these scenarios starts from the state in which it ends. Each is run once, when a
  scenario needs it for the first time, and kept until something changes that went into it.

  Scenario: the system is up and has a network
    Given the computer is booted
    And the network is up

  Scenario: the system is connected to Tor
    Given the system is up and has a network
    And Tor is connected

  @desktop
  Scenario: the desktop has come up
    Given the computer is started
    When the screen shows "Passwords" within 5 minutes
    Then the screen shows the picture "desktop/panel"
