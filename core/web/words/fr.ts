// Français.
import type { Words } from "./types.ts";

export const fr: Words = {
  home: {
    title: "FonShare",
    text: "Cette adresse ne sert qu’aux liens que FonShare donne dans un chat. Tapez-y /servers pour en obtenir un.",
  },
  invalidLink: {
    title: "Ce lien ne fonctionne plus",
    text: "Un lien vaut 15 minutes et pour un seul serveur. Demandez-en un nouveau dans le chat avec /servers.",
  },
  notFound: { title: "Il n’y a rien ici", text: "L’adresse est fausse ou périmée." },
  tooMany: { title: "Un instant", text: "Il y a eu trop d’essais. Attendez quelques minutes, puis réessayez." },
  broken: { title: "Quelque chose a échoué", text: "L’erreur vient de nous. Réessayez dans un instant." },
  enrol: {
    title: "Connecter votre serveur",
    settingsTitle: (label) => `Réglages de ${label}`,
    intro: "Dites à FonShare comment joindre votre serveur FTP. Il est testé aussitôt, et vous voyez le résultat.",
    minutesLeft: (minutes) => `Ce lien vaut encore ${minutes} ${minutes > 1 ? "minutes" : "minute"}.`,
    promise:
      "Ce que vous saisissez ici est chiffré et n’est montré à personne. Les membres de vos groupes voient les noms de vos partages et les fichiers qu’ils contiennent, jamais une adresse, un identifiant ou un mot de passe. Pendant un transfert, les deux serveurs concernés voient l’adresse l’un de l’autre.",
    sections: {
      server: "Serveur",
      login: "Connexion",
      folders: "Dossiers",
      more: "Plus : second compte, limite, adresse de données",
    },
    fields: {
      label: { label: "Nom", hint: "Le nom de ce serveur dans le chat, par exemple « Box » ou « NAS »." },
      host: { label: "Hôte", hint: "Un nom ou une adresse IP, par exemple ftp.example.org." },
      port: { label: "Port", hint: "D’habitude 21 ; 990 avec TLS dès le premier octet." },
      security: { label: "Chiffrement" },
      username: { label: "Nom d’utilisateur" },
      password: { label: "Mot de passe" },
      write_username: {
        label: "Nom d’utilisateur pour écrire",
        hint: "Si un second compte peut écrire dans la boîte de réception, le premier peut rester en lecture seule.",
      },
      write_password: { label: "Mot de passe pour écrire" },
      share_path: {
        label: "Dossier à partager",
        hint: "FonShare ne lit rien en dehors. Ce qu’un groupe en voit, vous le direz ensuite dans le chat.",
      },
      inbox_path: {
        label: "Boîte de réception",
        hint: "Le dossier où arrive ce que vous demandez ; FonShare n’écrit nulle part ailleurs. Laissez vide pour seulement partager.",
      },
      budget_gb: { label: "Limite en Go", hint: "FonShare ne dépose pas davantage dans la boîte de réception." },
      data_address: {
        label: "Adresse des connexions de données",
        hint: "Seulement si votre serveur, derrière une box, en annonce une fausse : son adresse IP publique.",
      },
      accept_plain: {
        label:
          "Envoyer mon mot de passe sans chiffrement. N’importe qui sur le trajet peut le lire, ainsi que mes fichiers.",
      },
      save_anyway: { label: "Enregistrer quand même" },
    },
    optional: "facultatif",
    security: {
      tls: "TLS (explicite, conseillé)",
      implicit: "TLS dès le premier octet (implicite)",
      plain: "Sans chiffrement",
    },
    keepPassword: "Laissez vide pour garder celui qui est enregistré.",
    submit: "Tester et enregistrer",
    retypePasswords: "Saisissez à nouveau le mot de passe : il n’est pas renvoyé vers cette page.",
  },
  mistakesTitle: "Pas encore enregistré",
  mistakes: {
    required: "Ce champ est nécessaire.",
    "label-invalid": "Utilisez de 1 à 64 caractères ordinaires.",
    "label-taken": "Vous avez déjà un serveur de ce nom.",
    "host-invalid": "Écrivez seulement un nom d’hôte ou une adresse IP : pas de ftp://, de dossier ni de port.",
    "port-invalid": "Écrivez un nombre de 1 à 65535.",
    "port-refused":
      "Seuls les ports 21, 990 et ceux à partir de 1024 sont possibles, sauf ceux des bases de données et du courrier.",
    "text-invalid": "Ce texte est trop long ou contient des caractères que FTP ne peut pas transmettre.",
    "password-needed":
      "Saisissez le mot de passe. Celui qui est enregistré n’est gardé que pour les mêmes hôte, port, chiffrement et utilisateur.",
    "login-incomplete": "Il manque le nom d’utilisateur de ce mot de passe.",
    "path-invalid": "Écrivez un dossier comme /media/partage, sans « .. ».",
    "folder-missing": "Le serveur dit que ce dossier n’existe pas.",
    "budget-invalid": "Écrivez un nombre comme 50 ou 2,5.",
    "address-invalid": "Écrivez une adresse IP comme 203.0.113.7.",
    "accept-plain": "Cochez cette case pour continuer sans chiffrement, ou choisissez TLS.",
  },
  problems: {
    "server.offline":
      "Le serveur est injoignable : aucun serveur FTP ne répond à cet hôte et à ce port. Avec TLS dès le premier octet, vérifiez aussi le chiffrement choisi.",
    "server.busy": "Le serveur dit qu’il a trop de connexions en ce moment.",
    "server.login-refused": "Le serveur n’accepte pas ce nom d’utilisateur et ce mot de passe.",
    "server.tls-required": "Le serveur exige le chiffrement. Choisissez TLS.",
    "server.tls-failed":
      "La connexion chiffrée n’a pas pu s’établir. Essayez l’autre sorte de TLS, ou voyez les réglages du serveur.",
    "server.certificate-unknown": "Aucune autorité ne se porte garante du certificat du serveur.",
    "server.certificate-changed": "Le serveur présente un autre certificat que celui que vous aviez accepté.",
    "server.address-refused":
      "FonShare ne se connecte pas à cette adresse. La personne qui l’exploite doit autoriser les réseaux privés, par exemple avec FONSHARE_ALLOW_NETWORKS=192.168.1.0/24.",
    "server.address-unresolvable":
      "Ce nom d’hôte ne mène à aucune adresse à laquelle FonShare se connecte. Vérifiez-le. Si le serveur est dans un réseau privé, la personne qui exploite FonShare doit l’autoriser, par exemple avec FONSHARE_ALLOW_NETWORKS=192.168.1.0/24.",
    other: "Le serveur répond d’une façon que FonShare ne comprend pas.",
  },
  certificate: {
    title: "Est-ce le certificat de votre serveur ?",
    text: "C’est courant pour un serveur à la maison. Comparez cette empreinte (SHA-256) avec celle que montre votre serveur, puis acceptez-la : dès lors, seul ce certificat sera reconnu.",
    changed:
      "Si vous n’avez pas remplacé le certificat vous-même, quelqu’un s’interpose peut-être. Comparez l’empreinte (SHA-256).",
    accept: "J’ai comparé : faire confiance à ce certificat précis",
  },
  saveAnyway: {
    title: "Tout ne fonctionne pas",
    text: "Vous pouvez modifier les réglages du serveur et tester à nouveau, ou l’enregistrer tel quel.",
  },
  findingsTitle: "Ce qui a été trouvé",
  findings: {
    "tls-verified": "Chiffré, avec un certificat garanti par une autorité",
    "tls-pinned": "Chiffré, avec le certificat que vous avez accepté",
    "tls-none": "Non chiffré : le mot de passe et les fichiers sont lisibles sur le trajet",
    "tls-client": "Sait ouvrir lui-même le chiffrement des contenus entre deux serveurs",
    "tls-server":
      "Les contenus entre deux serveurs sont chiffrés quand l’autre sait ouvrir le chiffrement (SSCN ou CPSV)",
    "reuse-required":
      "N’accepte de connexion de données chiffrée que de son propre client, donc pas d’un autre serveur",
    resume: "Un transfert interrompu peut reprendre",
    "no-resume": "Un transfert interrompu recommence depuis le début",
    "no-store-resume": "Un transfert interrompu vers lui recommence depuis le début",
    hashes: "Sait calculer l’empreinte des fichiers",
    "no-hashes": "Ne calcule pas d’empreinte ; des échantillons du contenu sont comparés",
    "fxp-allowed": "Permet les transferts de serveur à serveur",
    "fxp-refused": "Refuse les transferts de serveur à serveur",
    "fxp-unknown": "Impossible de savoir si les transferts de serveur à serveur sont permis",
    "clear-refused":
      "Exige des connexions de données chiffrées, que la plupart des serveurs ne peuvent pas établir entre eux",
    "passive-unreachable":
      "Ses ports de données sont injoignables : ses dossiers sont illisibles, et aucun autre serveur ne peut s’y connecter",
    space: "Espace libre",
    "inbox-writable": "La boîte de réception accepte l’écriture",
    "inbox-refused": "La boîte de réception refuse l’écriture",
    "inbox-none": "Pas de boîte de réception : on peut y prendre des fichiers, rien n’y arrive",
  },
  adviceTitle: "À changer dans la configuration du serveur",
  advice: {
    "fxp-active": {
      why: "lui permet de se connecter au serveur d’un autre membre",
      risk: "Qui possède un compte peut faire joindre d’autres adresses par le serveur (rebond FTP) : n’en donnez qu’à des personnes de confiance.",
      look: "Cherchez un réglage sur FXP, les transferts de site à site, ou PORT vers des adresses étrangères.",
    },
    "fxp-passive": {
      why: "permet au serveur d’un autre membre de s’y connecter",
      risk: "Un inconnu tombant au bon moment pourrait prendre une connexion de données à la place du bon serveur ; évitez les contenus secrets.",
      look: "Cherchez un réglage sur FXP, ou les connexions de données venant d’adresses étrangères.",
    },
    "passive-ports": {
      why: "rend ses ports de données joignables : ouvrez les mêmes ports dans la box et le pare-feu",
      risk: "Ces ports répondent à Internet tant qu’un transfert attend sa connexion de données.",
      look: "Cherchez une plage de ports du mode passif et l’adresse publique que le serveur annonce ; ouvrez les mêmes ports dans la box et le pare-feu.",
    },
    "clear-data": {
      why: "permet les connexions de données sans chiffrement",
      risk: "Les fichiers sont lisibles sur le trajet entre les deux serveurs ; le mot de passe reste chiffré.",
      look: "Cherchez un réglage qui impose PROT P, et désactivez-le.",
    },
    "protected-data": {
      why: "active le chiffrement",
      risk: "Aucun pour le serveur ; qui s’y connecte doit accepter son certificat.",
    },
    "session-reuse": {
      why: "permet qu’une connexion de données chiffrée vienne d’un autre serveur",
      risk: "Le serveur ne lie plus une connexion de données au compte qui l’a demandée.",
      look: "Cherchez un réglage qui exige la reprise de session TLS pour les données, et désactivez-le.",
    },
    "tls-version": {
      why: "lui permet d’envoyer des contenus chiffrés aux serveurs qui ne savent pas ouvrir le chiffrement : avec TLS 1.3, la fin d’un fichier peut se perdre",
      risk: "Tous ceux qui s’y connectent passent à TLS 1.2, plus ancien mais toujours sûr.",
    },
    "peer-certificate": {
      why: "lui permet de chiffrer vers des serveurs dont le certificat est fait maison",
      risk: "Il envoie les contenus à qui répond à l’adresse donnée, sans regarder de certificat.",
    },
    resume: {
      why: "permet de reprendre un transfert interrompu",
      risk: "Qui peut écrire peut aussi poursuivre un fichier déjà présent.",
      look: "Cherchez un réglage sur REST ou la reprise des envois.",
    },
    "listing-limit": {
      why: "permet de lister en entier les grands dossiers",
      risk: "De très grandes listes coûtent de la mémoire et du temps au serveur.",
      look: "Cherchez une limite au nombre d’entrées d’une liste.",
    },
    hashes: {
      why: "lui permet de calculer des empreintes, pour comparer des fichiers entiers au lieu d’échantillons",
      risk: "Qui possède un compte peut lui faire lire de gros fichiers, ce qui coûte du temps.",
    },
    rate: {
      why: "limite la vitesse de chaque transfert",
      risk: "Cela ralentit aussi tout autre usage du serveur.",
      look: "Cherchez une limite de vitesse ou de bande passante.",
    },
    "no-setting": {
      why: "ce logiciel n’a pas de réglage pour les transferts de serveur à serveur",
      risk: "Sans réglage, il n’y a rien à changer : utilisez un autre logiciel, ou acceptez que les contenus passent par FonShare (/servers limits).",
      look: "FileZilla Server n’accepte de connexion de données que de son propre client ; sans chiffrement, il peut au moins se connecter à un autre serveur.",
    },
  },
  stored: {
    title: (label) => `${label} est enregistré`,
    well: "Tout fonctionne. Vous pouvez fermer cette page et continuer dans le chat.",
    knowingly:
      "Il a été enregistré tel quel. Vous pouvez fermer cette page ; /servers check dans le chat le teste à nouveau.",
  },
};
