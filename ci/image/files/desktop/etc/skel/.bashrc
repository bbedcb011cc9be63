# A prompt without colours: easier to read on a screenshot.
PS1='\u@\h:\w\$ '
