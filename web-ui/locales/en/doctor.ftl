# The doctor: what `dorpsplein doctor` says about a box and the machine it runs on.
doctor-well = well
doctor-note = note
doctor-wrong = wrong
doctor-all-well = Nothing is wrong.
doctor-count =
    { $count ->
        [one] One thing is wrong; the arrow says what to do.
       *[other] { $count } things are wrong; each arrow says what to do.
    }

doctor-program = This is dorpsplein { $value }.
doctor-program-reading = This is dorpsplein { $value }, built without the part for browsers: nobody can write.
doctor-program-reading-todo = Take a finished package, or build again after `rustup target add wasm32-unknown-unknown`.

doctor-settings = The settings in { $value } have no mistakes.
doctor-settings-wrong = There is a mistake in the settings: { $value }.
doctor-settings-todo = `dorpsplein config check` names every mistake and says what to do.

doctor-folder = The folder { $value } is whole and fits this version.
doctor-folder-none = { $value } is not the folder of a box.
doctor-folder-none-todo = Name the right folder with --dir, or begin a square with `dorpsplein init`.
doctor-folder-newer = The folder is of format { $value }: a newer version of dorpsplein worked with it.
doctor-folder-newer-todo = Install that newer version again. This one changes nothing in the folder.
doctor-folder-other = The folder is of a format that this version does not know: { $value }.
doctor-folder-other-todo = Use the version that made the folder, or restore a backup.
doctor-folder-in-use = Another program works with { $value }, and it is no box that runs.
doctor-folder-in-use-todo = Wait until that command is done. If it takes long, look for dorpsplein with `ps aux`.
doctor-folder-damaged = This file is damaged: { $value }.
doctor-folder-damaged-todo = Restore it from a backup.
doctor-folder-exposed = Others on this machine can read a secret: { $value }.
doctor-folder-exposed-todo = Type `chmod 600 { $value }`.
doctor-folder-unreadable = The folder cannot be read: { $value }.
doctor-folder-owner = The folder belongs to another user (number { $value }) than the one who looks now.
doctor-folder-owner-todo = Give commands as that user, as with `sudo -u dorpsplein dorpsplein …`. Otherwise you make files that the box cannot use.

doctor-box-runs = The box runs, and answers at { $value }.
doctor-box-stopped = The box is not running.
doctor-box-stopped-todo = Start it with `systemctl start dorpsplein`, or with `dorpsplein serve --dir { $value }`.
doctor-box-silent = The box does not answer at { $value }.
doctor-box-silent-todo = Start it again (`systemctl restart dorpsplein`) and look what it says (`journalctl -u dorpsplein`).
doctor-store = The store does not open: { $value }.
doctor-store-todo = First copy the folder. Then restore a backup, or fetch everything from a second box.

doctor-disk-room = There is { $value } free on the disk.
doctor-disk-low = There is only { $value } free on the disk.
doctor-disk-full = The disk is full: { $value } is free. The box writes nothing any more.
doctor-disk-full-todo = Make room. See with `du -sh` what takes most of it, or take a larger disk. Writing goes on by itself.
doctor-disk-writes = The disk keeps what is written, in { $value } ms.
doctor-disk-slow = The disk is slow: keeping something took { $value } ms.
doctor-disk-slow-todo = If it stays so, take a better SD card or an SSD.
doctor-disk-readonly = The disk of { $value } can only be read.
doctor-disk-readonly-todo = A worn SD card does that by itself: look with `dmesg`, make a copy and replace the card.
doctor-disk-refuses = The disk keeps nothing: { $value }.
doctor-disk-refuses-todo = See with `dmesg` whether the disk is broken. Copy the folder before you go on.
doctor-disk-permission-todo = Look again as the user of the box: `sudo -u dorpsplein dorpsplein doctor --dir …`.

doctor-clock-well = The clock says { $value } and is kept right.
doctor-clock-behind = The clock says { $value }, which is too early: things were written here later than that.
doctor-clock-adrift = The clock says { $value } and nobody keeps it right.
doctor-clock-todo = Type `sudo timedatectl set-ntp true` and look again in a minute.
doctor-clock-unknown = The clock says { $value }. Whether it is kept right cannot be seen here.
doctor-clock-unknown-todo = Compare it with a telephone. Others do not believe a clock that is a quarter of an hour ahead.

doctor-port-answers = The box listens at { $value }.
doctor-port-silent = Nobody listens at { $value }.
doctor-port-free = These ports are free for the box: { $value }.
doctor-port-taken = Another program uses { $value }.
doctor-port-taken-todo = `ss -tulpn` shows which. Stop it, or choose another port in box.toml.
doctor-port-forbidden = This user may not use { $value }.
doctor-port-forbidden-todo = Choose a port above 1024 in box.toml, or start the box as a service (`systemctl start dorpsplein`).
doctor-port-nowhere = This machine has no address { $value }.
doctor-port-nowhere-todo = Write 0.0.0.0 in box.toml: then the box listens at every address.
doctor-port-refused = This port does not open: { $value }.

doctor-mdns-off = The box does not make itself known on this network; the settings say so.
doctor-mdns-heard = The box is heard on this network, as { $value }.
doctor-mdns-possible = This machine can make itself known on this network.
doctor-mdns-silent = The box is not heard on this network: { $value }.
doctor-mdns-silent-todo = Let UDP port 5353 through in the firewall, and switch “AP isolation” off in the router. The address in digits works all the same.

doctor-reach-outside = Neighbours reach the box from outside, at { $value }.
doctor-reach-through = Neighbours do not reach the box by themselves, but through others: { $value }.
doctor-reach-none = No neighbour could reach the box from outside.
doctor-reach-todo = Switch UPnP on in the router, or forward port 4080 (UDP and TCP) to the box.
doctor-reach-behind = The router stands behind another router itself, and lets nobody in.
doctor-reach-behind-todo = Forwarding a port does not help. A neighbour whom both have does: it passes everything on by itself.
doctor-reach-alone = The box is connected to no other box. So nobody can say whether it can be reached.
doctor-reach-alone-todo = Agree with a neighbourhood (`dorpsplein treaty offer`). If there is one already, see whether their box is on.
doctor-reach-unknown = Whether neighbours reach the box can only be seen when it runs.
doctor-reach-unknown-todo = Start it, and look again after a few minutes.

doctor-https = { $value } leads to this square, and browsers trust it.
doctor-https-none = The square has no address of its own on the internet. On this network people can read, not write.
doctor-https-none-todo = Put an address that begins with https:// in box.toml, at public_url, and have the box obtain a certificate ([https], also in box.toml) or a web server with one stand before it.
doctor-https-plain = { $value } is no https. Browsers keep no key there, so nobody can write.
doctor-https-certificate = Browsers do not trust the certificate: { $value }.
doctor-https-certificate-todo = Renew the certificate at the web server, and see whether it is for this name.
doctor-https-silent = The square’s own address does not answer: { $value }.
doctor-https-silent-todo = See whether the name points to your line, whether port 443 is forwarded and whether the web server runs. Some routers do not let you in at your own address from inside: try with a telephone without Wi-Fi.
doctor-https-other = At { $value } something else answers than this square.
doctor-https-other-todo = See where the web server sends that name: it should be the address at `site` in box.toml.
doctor-site-certificate = The certificate of the site holds, and is renewed in time by itself. Days left: { $value }.
doctor-site-certificate-late = The certificate of the site runs out soon, and renewing it did not work yet. Days left: { $value }.
doctor-site-certificate-over = The certificate of the site has run out. Browsers warn people away. Days left: { $value }.
doctor-site-certificate-refused = The site has no certificate yet. The last attempt: { $value }
doctor-site-certificate-none = The site has no certificate yet, and none was asked for at { $value }.
doctor-site-certificate-none-todo = Start the box and wait a minute.
doctor-site-certificate-todo = See whether the name points to your line and whether the router forwards ports 443 and 80 to this machine. The box goes on trying; its log says when.
doctor-own-certificate-unusable = The certificate of the site cannot be used: { $value }
doctor-own-certificate-other = The certificate of the site is not for { $value }.
doctor-own-certificate-todo = Look at the files that `certificate` and `key` name in box.toml, and at the program that renews them. The box takes new ones up within seconds.

doctor-certificate = The neighbourhood lets this box speak for it until { $value }.
doctor-certificate-soon = The neighbourhood lets this box speak for it only until { $value }.
doctor-certificate-none = The neighbourhood does not let this box speak for it (any more). Neighbours do not talk to it. Its number is { $value }.
doctor-certificate-todo = A connector renews that: `dorpsplein box add NUMBER`. The number is own_box in `dorpsplein status --json`.

home-keys-accept = To allow them: the same command with --accept-risk.
