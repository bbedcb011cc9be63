@desktop
Feature: A person works on the desktop
  What counts is what a person sees, and what happens when they use mouse and keyboard.

  Scenario: A terminal is opened, and a command is run in it
    Given the desktop has come up
    When I click on "Terminal"
    And the screen shows "Tabs"
    And I type "echo $((6*7)) apples" and press "Return"
    Then the screen shows "42 apples"
    And nothing has leaked
