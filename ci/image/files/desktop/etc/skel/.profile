# The first console logs in by itself and becomes the desktop.
if [ "$(tty)" = /dev/tty1 ]; then
    exec startx -- -nolisten tcp -s 0 -dpms vt1 > /tmp/startx.log 2>&1
fi
