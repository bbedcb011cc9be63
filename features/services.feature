Feature: Services are used through Tor
  Updates, mail, git and ssh work, and whoever offers them learns the address of an exit relay, never that of the user.

  Background:
    Given the system is connected to Tor

  Scenario: A repository is cloned, over the git and the ssh protocol
    Given the network has a git server
    And the network has an ssh server
    And the system has a key for the ssh server
    When the repository "git://git.test/example.git" is cloned through Tor
    Then the page says "Assay example repository"
    When the repository "ssh://git@ssh.test/example.git" is cloned through Tor
    Then the page says "Assay example repository"
    When the ssh server is visited through Tor
    Then the page says "Your address is 198.51.100."
    And the git server was used by an exit relay, and by nobody else
    And the ssh server was used by an exit relay, and by nobody else
    And only these names were resolved at the exits
      | git.test |
      | ssh.test |
    And nothing has leaked

  Scenario: The newest version is asked for, and a mail is sent, with TLS
    Given the network has an update server
    And the network has a mail server
    And the system trusts the servers of the network
    When the page "https://updates.test/release.txt" is fetched through Tor
    Then the page says "version of the reference system is 2"
    When a mail that says "Hello from the guest" is sent to "friend@mail.test" through Tor
    Then the mail server has a mail that says "Hello from the guest"
    And the update server was used by an exit relay, and by nobody else
    And the mail server was used by an exit relay, and by nobody else
    And nothing has leaked
