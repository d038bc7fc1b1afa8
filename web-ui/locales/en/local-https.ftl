# What `dorpsplein local-https` says: https on the local network, for devices that the village looks after.
local-https-what = This makes the box an authority for certificates, for one name on this network and for nothing else.
local-https-devices = Devices that are told to trust it can open the square over https without a name on the internet, and write on it.
local-https-first = What to know first:
local-https-risk-key = A device that trusts an authority believes what its key signs. This one may only vouch for that one name, which browsers hold it to; so whoever steals the box can pass for the square towards those devices, and for no other site.
local-https-risk-own = Only tell devices that the village itself looks after, such as the community house’s tablet. Never ask residents to do this with their own telephones: that habit is what swindlers live on.
local-https-risk-way = Carry the certificate over on a stick, or compare its fingerprint: on the way over the network it could be swapped.
local-https-risk-address = Keys that browsers make there belong to that address, and not to the square’s address on the internet.
local-https-how = To switch it on: the same command with --accept-risk. To switch it off: `dorpsplein local-https off`, and take the authority off the devices.
local-https-made = It is on from the box’s next start on.
local-https-off = It is off.
local-https-was-off = It was not on.
local-https-removed = It is off from the box’s next start on. Take the authority off the devices as well.
local-https-at = the square: { $url }
local-https-fingerprint = fingerprint (SHA-256): { $fingerprint }
local-https-certificate = certificate: at { $path } of the site, and here:
