# Shared by build and ensure: where things are kept, and which packages the image is made of.
# shellcheck shell=bash disable=SC2034

recipe=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
release=bookworm
cache=${ASSAY_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/assay}
apt_state=$cache/apt
images=$cache/images
# All times in the image. A fixed date, so that the same packages give the same image.
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-1767225600}
export LC_ALL=C.UTF-8 TZ=UTC
umask 022

say() { printf 'image: %5.1f s  %s\n' "$((${EPOCHREALTIME/./} - started))e-6" "$*" >&2; }
fail() { printf 'image: %s\n' "$@" >&2; exit 1; }
started=${EPOCHREALTIME/./}

# Packages of one size, one name a line.
wanted_packages() {
    local lists=("$recipe/packages/common")
    [[ $1 == minimal ]] || lists+=("$recipe/packages/$1")
    sed -e 's/#.*//' -e 's/[[:space:]].*//' -e '/^$/d' "${lists[@]}"
}

check_size() {
    [[ -f $recipe/packages/$1 || $1 == minimal ]] || fail "unknown size '$1'" "sizes: minimal desktop"
}

# Where Debian comes from: what this machine is configured for, without third parties.
write_sources() {
    local into=$apt_state/sources.list.d keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    [[ -r $keyring ]] || fail "the keys of Debian's archive are missing" "install the package debian-archive-keyring"
    rm -rf "$into"
    mkdir -p "$into"
    if grep -qs "^Suites:.*\b$release" /etc/apt/sources.list.d/debian.sources; then
        cp /etc/apt/sources.list.d/debian.sources "$into/debian.sources"
    elif grep -E "^deb .*/debian(-security)?/? +$release" /etc/apt/sources.list > "$into/debian.list" 2> /dev/null; then
        sed -i "/signed-by/! s|^deb |deb [signed-by=$keyring] |; s|\] \[| |" "$into/debian.list"
    else
        fail "/etc/apt of this machine names no source of Debian $release" "add one, as on any Debian machine"
    fi
}

# apt-get with lists and downloads of its own: it knows nothing of this machine's packages, and needs no root.
image_apt() {
    mkdir -p "$apt_state"/{lists,archives}/partial "$apt_state/empty/partial"
    : > "$apt_state/status"
    apt-get -qq \
        -o Dir::State="$apt_state" -o Dir::State::lists="$apt_state/lists" -o Dir::State::status="$apt_state/status" \
        -o Dir::State::extended_states="$apt_state/extended" \
        -o Dir::Cache="$apt_state" -o Dir::Cache::archives="$apt_state/archives" \
        -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$apt_state/sources.list.d" \
        -o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts="$apt_state/empty" \
        -o APT::Architecture=amd64 -o APT::Architectures=amd64 \
        -o APT::Install-Recommends=false -o APT::Sandbox::User= -o APT::Update::Error-Mode=any \
        -o Acquire::Languages=none -o Acquire::GzipIndexes=true -o Acquire::Check-Valid-Until=false \
        -o Acquire::Retries=2 -o Acquire::http::Timeout=10 "$@"
}

# Fetches the newest lists of packages. Fails when the mirror cannot be reached; old lists then stay.
refresh_lists() {
    write_sources
    image_apt update 2> "$apt_state/update.log"
}

mirror_error() { sed -n '/Failed to fetch/{s/^[EW]: //p;q}' "$apt_state/update.log"; }

have_lists() { compgen -G "$apt_state/lists/*_Packages*" > /dev/null; }

# Every package file the image is made of, dependencies included: "URL FILE BYTES HASH" a line.
resolve() {
    # An empty folder of downloads, for apt leaves out what it has.
    # shellcheck disable=SC2046 # names of packages have no spaces
    image_apt -o Dir::Cache::archives="$apt_state/empty" install --print-uris '?essential' apt $(wanted_packages "$1") | tr -d "'" | sort -k 2
}

fetch_packages() {
    # shellcheck disable=SC2046
    image_apt install --download-only '?essential' apt $(wanted_packages "$1") > /dev/null
}

# Tells images apart: the recipe, the date in it, the packages, and the boot loaders of this machine.
image_key() {
    {
        echo "$1 $SOURCE_DATE_EPOCH"
        (cd "$recipe" && find . -type f ! -name README.md ! -name ensure -print0 | sort -z | xargs -0 sha256sum)
        resolve "$1" | cut -d' ' -f2-
        dpkg-query -W -f '${Package} ${Version}\n' mmdebstrap squashfs-tools xorriso mtools grub-efi-amd64-bin isolinux syslinux-common \
            2> /dev/null || true # build says what is missing
    } | sha256sum | cut -c1-16
}
