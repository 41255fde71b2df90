// English.
import type { Words } from "./types.ts";

export const en: Words = {
  home: {
    title: "FonShare",
    text: "This address only serves the links that FonShare gives out in a chat. Type /servers there to get one.",
  },
  invalidLink: {
    title: "This link no longer works",
    text: "A link works for 15 minutes and for one server. Ask for a new one in the chat with /servers.",
  },
  notFound: { title: "There is nothing here", text: "The address is wrong or out of date." },
  tooMany: { title: "One moment, please", text: "There were too many attempts. Wait a few minutes and try again." },
  broken: { title: "Something went wrong", text: "The mistake is ours, not yours. Please try again in a moment." },
  enrol: {
    title: "Connect your server",
    settingsTitle: (label) => `Settings of ${label}`,
    intro: "Tell FonShare how to reach your FTP server. It is tested at once, and you see what was found.",
    minutesLeft: (minutes) => `This link works for ${minutes} more ${minutes === 1 ? "minute" : "minutes"}.`,
    promise:
      "What you type here is encrypted and shown to nobody. The members of your groups see the names of your shares and the files in them, never an address, a login or a password. During a transfer, the two servers involved see each other's address.",
    sections: {
      server: "Server",
      login: "Login",
      folders: "Folders",
      more: "More: second login, limit, data address",
    },
    fields: {
      label: { label: "Name", hint: "How you call this server in the chat, for example “Box” or “NAS”." },
      host: { label: "Host", hint: "A name or an IP address, for example ftp.example.org." },
      port: { label: "Port", hint: "Usually 21; 990 with TLS from the first byte." },
      security: { label: "Encryption" },
      username: { label: "User name" },
      password: { label: "Password" },
      write_username: {
        label: "User name for writing",
        hint: "If a second login may write to the inbox, the first one can be read-only.",
      },
      write_password: { label: "Password for writing" },
      share_path: {
        label: "Folder to share from",
        hint: "FonShare reads nothing outside of it. Which parts of it a group sees, you say later in the chat.",
      },
      inbox_path: {
        label: "Inbox folder",
        hint: "What you pull arrives here; FonShare writes nowhere else. Leave it empty to share only.",
      },
      budget_gb: { label: "Limit in GB", hint: "FonShare puts no more than this into the inbox." },
      data_address: {
        label: "Address for data connections",
        hint: "Only if your server, behind a router, tells a wrong one: its public IP address.",
      },
      accept_plain: { label: "Send my password without encryption. Anybody on the way can read it and my files." },
      save_anyway: { label: "Save it anyway" },
    },
    optional: "optional",
    security: {
      tls: "TLS (explicit, recommended)",
      implicit: "TLS from the first byte (implicit)",
      plain: "No encryption",
    },
    keepPassword: "Leave it empty to keep the stored one.",
    submit: "Test and save",
    retypePasswords: "Please type the password again: it is not sent back to this page.",
  },
  mistakesTitle: "Not saved yet",
  mistakes: {
    required: "This is needed.",
    "label-invalid": "Use 1 to 64 ordinary characters.",
    "label-taken": "You already have a server of this name.",
    "host-invalid": "Write only a host name or an IP address: no ftp://, no folder, no port.",
    "port-invalid": "Write a number from 1 to 65535.",
    "port-refused": "Only ports 21, 990 and those from 1024 up can be used, without those of databases and mail.",
    "text-invalid": "It is too long or contains characters that FTP cannot carry.",
    "password-needed":
      "Type the password. A stored one is only kept for the same host, port, encryption and user name.",
    "login-incomplete": "A password needs its user name.",
    "path-invalid": "Write a folder like /media/share, without “..”.",
    "folder-missing": "The server says that this folder does not exist.",
    "budget-invalid": "Write a number like 50 or 2.5.",
    "address-invalid": "Write an IP address like 203.0.113.7.",
    "accept-plain": "Tick this to go on without encryption, or choose TLS.",
  },
  problems: {
    "server.offline":
      "The server cannot be reached: no FTP server answers at this host and port. With TLS from the first byte, also check the kind of encryption.",
    "server.busy": "The server says that it has too many connections at the moment.",
    "server.login-refused": "The server does not accept this user name and password.",
    "server.tls-required": "The server wants encryption. Choose TLS.",
    "server.tls-failed":
      "No encrypted connection could be made. Try the other kind of TLS, or look at the server's settings.",
    "server.certificate-unknown": "The server's certificate is not vouched for by any authority.",
    "server.certificate-changed": "The server shows another certificate than the one you accepted.",
    "server.address-refused":
      "FonShare does not connect to this address. Whoever runs it has to allow private networks, for example with FONSHARE_ALLOW_NETWORKS=192.168.1.0/24.",
    "server.address-unresolvable":
      "This host name leads to no address that FonShare connects to. Check it. If the server is in a private network, whoever runs FonShare has to allow that, for example with FONSHARE_ALLOW_NETWORKS=192.168.1.0/24.",
    other: "The server answers in a way that FonShare does not understand.",
  },
  certificate: {
    title: "Is this your server's certificate?",
    text: "That is usual for a server at home. Compare this fingerprint (SHA-256) with the one that your server shows, then accept it: from then on only this certificate is trusted.",
    changed:
      "If you did not replace the certificate yourself, somebody may be in between. Compare the fingerprint (SHA-256).",
    accept: "I compared it: trust exactly this certificate",
  },
  saveAnyway: {
    title: "Not everything works",
    text: "You can change the server's settings and test again, or save it as it is.",
  },
  findingsTitle: "What was found",
  findings: {
    "tls-verified": "Encrypted, with a certificate that an authority vouches for",
    "tls-pinned": "Encrypted, with the certificate that you accepted",
    "tls-none": "Not encrypted: the password and the files can be read on the way",
    "tls-client": "Can open the encryption of contents between two servers itself",
    "tls-server":
      "Contents between two servers are encrypted when the other one can open the encryption (SSCN or CPSV)",
    "reuse-required": "Takes encrypted data connections from its own client only, so none from another server",
    resume: "Interrupted transfers can be resumed",
    "no-resume": "Interrupted transfers start again from the beginning",
    "no-store-resume": "Interrupted transfers to it start again from the beginning",
    hashes: "Can compute checksums of files",
    "no-hashes": "Computes no checksums; samples of the contents are compared",
    "fxp-allowed": "Allows transfers from server to server",
    "fxp-refused": "Refuses transfers from server to server",
    "fxp-unknown": "It could not be found out whether transfers from server to server are allowed",
    "clear-refused": "Insists on encrypted data connections, which most servers cannot have with each other",
    "passive-unreachable":
      "Its data ports cannot be reached: folders cannot be read, and no other server can connect to it",
    space: "Free space",
    "inbox-writable": "The inbox can be written to",
    "inbox-refused": "The inbox cannot be written to",
    "inbox-none": "No inbox: others can pull from it, nothing is pulled to it",
  },
  adviceTitle: "What to change in the server's configuration",
  advice: {
    "fxp-active": {
      why: "allows it to connect to another member's server",
      risk: "Whoever has a login can make the server connect to other addresses (FTP bounce), so give logins only to people you trust.",
      look: "Look for a setting about FXP, site-to-site transfers, or PORT to foreign addresses.",
    },
    "fxp-passive": {
      why: "allows another member's server to connect to it",
      risk: "A stranger who hits the right moment could take a data connection in place of the right server; contents should not be secret.",
      look: "Look for a setting about FXP, or data connections from foreign addresses.",
    },
    "passive-ports": {
      why: "lets its data ports be reached: open the same ports in the router and firewall",
      risk: "These ports answer to the internet while a transfer waits for its data connection.",
      look: "Look for a range of ports for passive mode and for the public address that the server tells; open the same ports in the router and firewall.",
    },
    "clear-data": {
      why: "allows data connections without encryption",
      risk: "Files can be read on the way between the two servers; the password stays encrypted.",
      look: "Look for a setting that enforces PROT P, and switch it off.",
    },
    "protected-data": {
      why: "turns encryption on",
      risk: "None for the server; who connects has to accept its certificate.",
    },
    "session-reuse": {
      why: "lets an encrypted data connection come from another server",
      risk: "The server no longer ties a data connection to the login that asked for it.",
      look: "Look for a setting that requires TLS session resumption on data connections, and switch it off.",
    },
    "tls-version": {
      why: "lets it send encrypted contents to servers that cannot open the encryption themselves: with TLS 1.3 the end of a file can get lost",
      risk: "Everybody who connects gets TLS 1.2, which is older and still sound.",
    },
    "peer-certificate": {
      why: "lets it encrypt towards servers with certificates of their own making",
      risk: "It sends contents to whoever answers at the given address, without looking at a certificate.",
    },
    resume: {
      why: "allows interrupted transfers to be resumed",
      risk: "Who may write can also continue a file that is already there.",
      look: "Look for a setting about REST or resuming uploads.",
    },
    "listing-limit": {
      why: "lets large folders be listed whole",
      risk: "Very large listings cost the server memory and time.",
      look: "Look for a limit on the entries of a listing.",
    },
    hashes: {
      why: "lets it compute checksums, so that whole files are compared instead of samples",
      risk: "Whoever has a login can make it read large files, which costs time.",
    },
    rate: {
      why: "limits the speed of each transfer",
      risk: "It also slows down every other use of the server.",
      look: "Look for a speed or bandwidth limit.",
    },
    "no-setting": {
      why: "this software has no setting for transfers from server to server",
      risk: "Without one there is nothing to change: use another server software, or agree to contents going through FonShare (/servers limits).",
      look: "FileZilla Server takes data connections from its own client only; without encryption it can at least connect to another server.",
    },
  },
  stored: {
    title: (label) => `${label} is saved`,
    well: "Everything works. You can close this page and go on in the chat.",
    knowingly: "It was saved as it is. You can close this page; /servers check in the chat tests it again.",
  },
};
