@desktop
Feature: Programs are used by the names of their parts
  A picture changes with every theme, and a text may stand at several places. A program that tells of its parts through
  at-spi can be used by what they are: "the button Continue". The mouse goes there all the same.

  Scenario: A new database of passwords is begun, and given up again
    Given the desktop has come up
    When I click on "Passwords"
    Then I see the push button "Create new database" within 2 minutes
    # There is a label with this text above the buttons, which is no button.
    And there is no push button "Welcome to KeePassXC 2.7.4"
    And the button "Save Database" is disabled
    And there is no dialog
    When I click the button "Create new database"
    Then I see the dialog "Create a new KeePassXC database…"
    And the text field "Database name field" says "Passwords"
    And the text field "Database name field" is focused
    And the button "Go Back" is disabled
    When I type "Wallet"
    Then the text field "Database name field" says "Wallet"
    When I click the text field "Database description field"
    Then the text field "Database description field" is focused
    When I type "Coins and notes"
    Then the text field "Database description field" says "Coins and notes"
    When I click the button "Cancel"
    Then there is no dialog
    And nothing has leaked

  Scenario: A terminal's menu is opened, and its text is read letter by letter
    Given the desktop has come up
    When I click on "Terminal"
    Then I see the terminal "Terminal" within 2 minutes
    When I type "echo $((6*7)) lI1O0 apples" and press "Return"
    Then the terminal "Terminal" says something with "42 lI1O0 apples"
    And there is no dialog
    When I click the menu "Edit"
    And I click the menu item "Preferences"
    Then I see a dialog
    When I press "Escape"
    Then there is no dialog
    And nothing has leaked
