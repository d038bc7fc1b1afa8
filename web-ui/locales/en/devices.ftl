# My data: one's own devices, the spare card, taking along and leaving. And the new device.
my-data-title = My data
my-data-hello = Hello { $name }. This is where you look after your devices and what stands on the square from you.
my-data-hello-unnamed = This is where you look after your devices and what stands on the square from you.
my-role-waits = Your role as a connector is waiting.
my-role-waits-more = The key that made you a connector was used twice for the same number. It may have been copied. You are still a resident, and all you wrote is still there. Ask the owner which of the two is right, and choose it at the desk. Then all is as before.
my-role-waits-link = Go to the desk to choose
my-data-log-out = Log out
nav-my-data = My data

my-devices = My devices
my-devices-intro = You take part on each of these devices. Every device has a key of its own.
my-device-this = This device
my-device-other = Another device
my-device-here = You are here now
my-device-name = Give it a name
my-device-name-field = Name
my-device-name-hint = For example “tablet in the kitchen”. The name stays on this device. Nobody else sees it.
my-device-name-do = Keep the name
my-device-named = The name is kept.
my-device-retire-this = After this you no longer take part on this device, and the key is gone from it. Make sure that you take part on another device or have a spare card. This cannot be undone.
my-device-retired = This device is retired.

add-device-heading = One more device
add-device-intro = Take part on your telephone, tablet or computer too. You need both devices at hand.
add-device-start = Add a device
add-device-scan = Scan this code with your new device.
add-device-done = Done. You now take part on the new device too.
add-device-expired = Nobody came within ten minutes. Start again when you have both devices with you.

spare-heading = In case you lose your device
spare-intro = A connector can always help you to a new device. If you want to be able to do it yourself, make something to keep in a drawer. You do not have to.
spare-count =
    { $count ->
        [0] You have no spare key yet.
        [one] You have one spare key.
       *[other] You have { $count } spare keys.
    }
card-heading = A spare card on paper
card-intro = The card has a code. With it you put a new device in your name. Nobody can do anything else with it.
card-make = Make a spare card
card-made = Your card is ready. Print it now, or copy the code. The code is only here: once you close this page it is gone.
card-print = Print the card
card-title = Spare card
card-how = With this you put a new device in your name when you have lost your old one.
card-qr = Code to scan with your new device
card-scan = Scan this code with your new device.
card-type = Or type this address and enter the code there:
card-keep = Keep this card in a safe place at home, for instance with your passport. Whoever has the card can put a device in your name.
passkey-heading = A spare key in your passkey
passkey-intro = Do you have a device that keeps passkeys, with your finger, face or PIN? Then the spare key can be in there too.
passkey-make = Keep it in a passkey
passkey-asking = Follow what your device asks…
passkey-made = Done. With this passkey you put a new device in your name.
passkey-none = That did not work. Perhaps you stopped, or your passkey cannot do this. A card on paper always can.

export-heading = Take along what is yours
export-intro = You get a file with everything you wrote here. It is plain text (JSON) that other programs can read too.
export-do = Make the file
export-file = my-dorpsplein.json
export-making = Gathering everything…
export-made = The file is with your downloads.

leave-heading = Leaving
leave-intro = You can stop at any time. Your device then first erases everything you wrote, and after that you are no longer a resident of this square.
leave-last-connector = You are the only connector. Make somebody else a connector first, or nobody can look after the square any more.
leave-summary = Erase everything and stop
leave-more = Your posts, your comments and your name disappear here and at the neighbours'. A copy that somebody already made cannot be called back. Do you want to keep something? Then make the file above first.
leave-sure = Yes, erase everything that is mine
leave-do = Erase everything and leave
leave-erasing = Erasing what you wrote…
leave-done = Everything is erased and you are no longer a resident. Thank you for having been here. You are always welcome back.

stretching = Your device is working out the code. This takes a few moments…
code-hint = Twelve letters and digits, such as 7K3M-92XQ-A4TD. Capitals and dashes make no difference.
bad-code = This code is not right. A code has twelve letters and digits. Look again, and type it anew.
join-code = Or type the code from your letter
join-code-do = Continue
join-other-device = Do you take part on another device already, or have a spare card? Go here
forgetful = Put this square on your home screen first.
forgetful-more = After seven days without a visit this browser throws away what a site has kept. Your key too. From the home screen that does not happen.
forgetful-step-share = Tap the Share button: the square with the arrow pointing up.
forgetful-step-add = Choose “Add to Home Screen”. On a computer it is called “Add to Dock”.
forgetful-step-code = Open the square from there, go to Join and type the code from your letter.

device-title = Take part on this device
device-intro = Do you take part on another device already? Then add this one here.
device-checking = One moment…
device-digits = Look at the other device. Does it show exactly these digits? Then say so there.
device-waiting = Waiting until you confirm it on the other device…
device-sent = Done! You now take part on this device too.
device-expired = This code is no longer valid. Start again on the other device.
device-without-javascript = To take part your browser needs JavaScript. With it this device makes a key of its own. Turn JavaScript on and reload the page.
device-reading-only = This box was built for reading only. You cannot join here. Ask for another box of this neighbourhood.
use-card-heading = With your spare card
use-card-field = The code on your card
use-card-do = Use the card
use-passkey-heading = With your passkey
use-passkey-do = Use my passkey
device-how = How it goes
device-step-open = Take the device on which you take part already.
device-step-open-more = Go to My data there and choose “Add a device”.
device-step-scan = With this device, scan the code that you see there.
device-step-scan-more = That brings you back to this page.
device-step-compare = Compare six digits.
device-step-compare-more = Are they the same on both devices? Then this device is yours.
device-lost = Do you have no other device any more, and no card either? Then go and see a connector, who will put this device in your name.

profile-heading = This is me
profile-intro = Your name stands under what you write. The rest is up to you: fill in what you like to share.
profile-name = Your name
profile-talents = What you like, know or can
profile-talents-hint = One on each line, such as repairing bicycles or Turkish.
profile-words = A few words about yourself
profile-who-sees = Only residents who are logged in see this, on the page
profile-for-others = What you wrote about yourself before can be read by others than residents as well.
profile-save = Save
profile-saved = Saved.

home-key-heading = A key for the home network
home-key-intro = For a telephone that reaches the square at home over wifi only, without a lock in the address bar. With this key you can place posts and replies for 30 days, without photos. It can do nothing more.
home-key-address = Address of the square on the home network
home-key-address-hint = As it stands in the address bar of that telephone.
home-key-start = Give a telephone such a key
home-key-scan = Scan this code with the telephone while it is on the wifi at home.
home-key-done = Done. The telephone can now place posts and replies for 30 days. After that you do this again.
home-key-until = home network only, until { $date }
