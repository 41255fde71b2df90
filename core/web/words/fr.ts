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
    "server.offline": "Le serveur est injoignable : personne ne répond à cet hôte et à ce port.",
    "server.busy": "Le serveur dit qu’il a trop de connexions en ce moment.",
    "server.login-refused": "Le serveur n’accepte pas ce nom d’utilisateur et ce mot de passe.",
    "server.tls-required": "Le serveur exige le chiffrement. Choisissez TLS.",
    "server.tls-failed":
      "La connexion chiffrée n’a pas pu s’établir. Essayez l’autre sorte de TLS, ou voyez les réglages du serveur.",
    "server.certificate-unknown": "Aucune autorité ne se porte garante du certificat du serveur.",
    "server.certificate-changed": "Le serveur présente un autre certificat que celui que vous aviez accepté.",
    "server.address-refused":
      "FonShare ne se connecte pas à cette adresse. La personne qui l’exploite doit autoriser les réseaux privés, par exemple avec FONSHARE_ALLOW_NETWORKS=192.168.1.0/24.",
    "server.address-unresolvable": "Aucune adresse n’est connue pour ce nom d’hôte.",
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
    resume: "Un transfert interrompu peut reprendre",
    "no-resume": "Un transfert interrompu recommence depuis le début",
    hashes: "Sait calculer l’empreinte des fichiers",
    "no-hashes": "Ne calcule pas d’empreinte ; les tailles sont comparées",
    "fxp-allowed": "Permet les transferts de serveur à serveur",
    "fxp-refused": "Refuse les transferts de serveur à serveur",
    "fxp-unknown": "Impossible de savoir si les transferts de serveur à serveur sont permis",
    "clear-refused":
      "Exige des connexions de données chiffrées, que la plupart des serveurs ne peuvent pas établir entre eux",
    "inbox-writable": "La boîte de réception accepte l’écriture",
    "inbox-refused": "La boîte de réception refuse l’écriture",
    "inbox-none": "Pas de boîte de réception : on peut y prendre des fichiers, rien n’y arrive",
  },
  adviceTitle: "À changer dans la configuration du serveur",
  advice: {
    "fxp-active": {
      why: "lui permet de se connecter au serveur d’un autre membre",
      risk: "Qui possède un compte peut faire joindre d’autres adresses par le serveur : n’en donnez qu’à des personnes de confiance.",
    },
    "fxp-passive": {
      why: "permet au serveur d’un autre membre de s’y connecter",
      risk: "Un inconnu tombant au bon moment pourrait prendre une connexion de données à la place du bon serveur ; évitez les contenus secrets.",
    },
    "clear-data": {
      why: "permet les connexions de données sans chiffrement",
      risk: "Les fichiers sont lisibles sur le trajet entre les deux serveurs ; le mot de passe reste chiffré.",
    },
    resume: {
      why: "permet de reprendre un transfert interrompu",
      risk: "Qui peut écrire peut aussi poursuivre un fichier déjà présent.",
    },
    "session-reuse": {
      why: "laisse une connexion de données ouvrir sa propre session TLS",
      risk: "Le serveur ne lie plus une connexion de données au compte qui l’a demandée.",
    },
    "listing-limit": {
      why: "permet de lister en entier les grands dossiers",
      risk: "De très grandes listes coûtent de la mémoire et du temps au serveur.",
    },
  },
  stored: {
    title: (label) => `${label} est enregistré`,
    well: "Tout fonctionne. Vous pouvez fermer cette page et continuer dans le chat.",
    knowingly:
      "Il a été enregistré tel quel. Vous pouvez fermer cette page ; /servers check dans le chat le teste à nouveau.",
  },
};
