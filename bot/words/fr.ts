// French: the same keys and placeholders as en.ts. No-break spaces before ; : ? ! » are set by the format, not here.
import type { Words } from "./index.ts";

export const fr: Words = {
  // numbers of things
  "count.files": { by: "n", one: "{n} fichier", other: "{n} fichiers" },
  "count.folders": { by: "n", one: "{n} dossier", other: "{n} dossiers" },
  "count.copies": { by: "n", one: "{n} exemplaire", other: "{n} exemplaires" },
  "count.members": { by: "n", one: "{n} membre", other: "{n} membres" },
  "count.servers": { by: "n", one: "{n} serveur", other: "{n} serveurs" },
  "count.shares": { by: "n", one: "{n} partage", other: "{n} partages" },
  "count.results": { by: "n", one: "{n} résultat", other: "{n} résultats" },
  "count.results-capped": "plus de {n} résultats",
  "count.stars": { by: "n", one: "{n} étoile", other: "{n} étoiles" },
  "count.others": { by: "n", one: "{n} autre", other: "{n} autres" },

  // general
  "list.title": "{title} : {count}",
  "button.previous": "Précédent",
  "button.next": "Suivant",
  "button.cancel": "Annuler",
  "button.pull": "Récupérer",
  "button.keep": "Garder",
  "button.unkeep": "Ne plus garder",
  "button.rate": "Noter",
  "button.and-more": "et {n} de plus",
  "button.pause": "Pause",
  "button.resume": "Reprendre",
  "button.retry": "Réessayer",
  "button.join": "Rejoindre",
  "button.add-server": "Connecter un serveur",
  "button.servers": "Mes serveurs",
  "button.settings": "Réglages",
  "button.share": "Tout partager",
  "button.share-with": "Partager avec {group}",
  "button.make-group": "Créer un groupe ici",
  "button.invite": "Inviter quelqu'un",
  "button.link-room": "Lier un autre salon",
  "button.members": "Membres",
  "button.news": "Annonces",
  "button.news-full": "Avec des exemples",
  "button.news-folders": "Les dossiers",
  "button.news-count": "Le nombre",
  "button.news-off": "Aucune",
  "button.quiet": "Heures calmes",
  "button.quiet-off": "Sans heures calmes",
  "button.policy": "Règle",
  "button.policy-fxp": "Autoriser en clair",
  "button.policy-fxp-tls-only": "Chiffré seulement",
  "button.policy-relay-allowed": "Autoriser par FonShare",
  "button.policy-relay-only": "Seulement par FonShare",
  "button.remove-member": "Retirer {name}",
  "button.limits": "Limites",
  "button.relay-on": "Autoriser par FonShare",
  "button.relay-off": "Jamais par FonShare",
  "button.clear-on": "Autoriser en clair",
  "button.clear-off": "Chiffré seulement",
  "button.stop": "Arrêter {ref}",
  "button.stop-yes": "Arrêter pour de bon",
  "button.new": "Nouveautés",
  "button.help": "Aide",
  "button.up": "Remonter",
  "button.check": "Vérifier",
  "button.reindex": "Relire",
  "button.browse": "Parcourir",
  "button.show": "Afficher",
  "button.remove": "Retirer",
  "button.leave": "Quitter",
  "button.erase": "Tout effacer",
  "button.unbind": "Détacher",
  "button.export": "Exporter",
  "button.accept": "Ils ont vraiment disparu",
  "filter.image": "Images",
  "filter.video": "Vidéos",
  "filter.audio": "Audio",
  "filter.document": "Documents",
  "filter.archive": "Archives",
  "filter.data": "Données",
  "filter.folder": "Dossiers",
  cancelled: "Rien n'a été modifié.",

  // what cannot be understood
  "input.unknown-command": "La commande /{name} n'existe pas. /help les montre toutes.",
  "input.did-you-mean": "La commande /{name} n'existe pas. Vouliez-vous dire {suggestion} ?",
  "input.needs-slash": "Une commande commence par une barre oblique : {command}",
  "input.unknown-word": "/{command} ne connaît pas « {word} ». Elle connaît : {known}.",
  "input.usage": "Cela s'écrit ainsi :",
  "input.too-long": "C'est trop long. Une commande a au plus {limit} caractères.",
  "input.search-too-long": "C'est trop long. Une recherche a au plus {limit} caractères.",
  "input.bad-hours":
    "Les heures calmes s'écrivent ainsi : /group quiet 22:00-07:00 Europe/Paris, ou /group quiet off pour les supprimer.",
  "input.bad-zone": "« {zone} » n'est pas un fuseau horaire. Leurs noms ressemblent à Europe/Paris.",
  "input.empty": "Écrivez ce que vous cherchez, ou une commande, par exemple {example}.",
  "input.unexpected": '« {word} » est de trop ici. Mettez les noms avec des espaces entre "guillemets".',
  "input.bad-name": "« {name} » ne peut pas être un nom : il faut de 1 à 64 caractères ordinaires.",
  "input.bad-code": "Un code ressemble à K7QF-3MPD.",
  "missing.search": "Que cherchez-vous ? Par exemple : /search concert d'été",
  "missing.pull": "Que faut-il récupérer ? Donnez le numéro ou la référence d'un résultat, par exemple : /pull 2",
  "missing.unshare": "Quel partage ? /share liste les vôtres ici ; puis par exemple : /unshare Photos",
  "missing.server-remove": "Quel serveur ? /servers liste les vôtres ; puis par exemple : /servers remove grenier",
  "missing.group-name": "Comment s'appellera le groupe ? Par exemple : /group create Club de vélo",
  "missing.member": "Qui faut-il retirer ? /group members liste tout le monde ; puis : /group remove <nom>",
  "missing.pair":
    "Que faut-il vérifier ? Donnez le numéro ou la référence d'un résultat, par exemple : /transfers check 2",
  "missing.stop":
    "Laquelle ? /transfers others montre ce que d'autres prennent chez vous ; puis par exemple : /transfers stop p12",
  "missing.transfer": "Quelle récupération ? /transfers liste les vôtres ; puis par exemple : /transfers {verb} p12",
  "missing.share-name": "Il manque le nom après « as » : /share Musique/Live as Concerts",
  "missing.share-group": "Il manque le groupe après « with » : /share Musique/Live with Amis",
  "missing.announcement": "Quelle annonce ? Donnez sa référence, par exemple : /new {action} a12",

  // names in the menus of platforms; every command is understood by each of its names everywhere
  "command.start": "start",
  "command.help": "aide",
  "command.search": "chercher",
  "command.browse": "parcourir",
  "command.new": "nouveautes",
  "command.pull": "recuperer",
  "command.transfers": "transferts",
  "command.servers": "serveurs",
  "command.share": "partager",
  "command.unshare": "retirer",
  "command.group": "groupe",
  "command.join": "rejoindre",
  "command.leave": "quitter",
  "command.link": "lier",
  "command.privacy": "confidentialite",
  "option.query": "requete",
  "option.what": "quoi",
  "option.to": "vers",
  "option.action": "action",
  "option.name": "nom",
  "option.as": "comme",
  "option.place": "lieu",
  "option.code": "code",
  "option.folder": "dossier",
  "option.share": "partage",
  "option.command": "commande",
  "option.rest": "suite",
  "option-about.query": "ce que vous cherchez ; aussi des filtres comme kind:audio ou newer:7d",
  "option-about.what": "numéro, référence (f3k9, d2p, a12, p12)",
  "option-about.to": "lequel de vos serveurs le reçoit",
  "option-about.action": "ce qu'il faut faire",
  "option-about.name": "un nom",
  "option-about.as": "le nom que voit le groupe",
  "option-about.place": "numéro, référence, ou partage/dossier",
  "option-about.code": "un code que vous avez reçu",
  "option-about.folder": "un dossier tel que votre serveur le montre ; / est l'ensemble",
  "option-about.share": "un de vos partages",
  "option-about.command": "la commande à expliquer",
  "option-about.rest": "ce qu'il faut à l'action : un nom, un code, des heures",

  // what commands are for, and how they are written
  "about.start": "dire bonjour et montrer l'étape suivante",
  "about.help": "montrer les commandes, ou en expliquer une",
  "about.servers": "vos serveurs : ajouter, vérifier, suspendre, retirer, etc.",
  "about.group": "le groupe de ce salon : créer, inviter, lier un salon, membres, annonces",
  "about.join": "devenir membre du groupe de ce salon",
  "about.leave": "quitter le groupe sur-le-champ, avec vos partages",
  "about.share": "partager un dossier de votre serveur avec le groupe",
  "about.unshare": "cesser de partager un dossier, sur-le-champ",
  "about.search": "chercher dans tout ce qui est partagé avec vous",
  "about.browse": "parcourir les partages et les dossiers",
  "about.new": "ce qui est arrivé en dernier",
  "about.pull": "récupérer des fichiers ou des dossiers sur votre serveur",
  "about.transfers": "vos récupérations : voir, suspendre, reprendre, annuler, réessayer",
  "about.link": "être la même personne sur une deuxième plateforme",
  "about.privacy": "ce qui est connu de vous : voir, exporter, effacer",
  "usage.start": "/start",
  "usage.help": "/help [commande]",
  "usage.servers":
    "/servers [show [serveur] | add | check [serveur] | reindex [serveur] | accept [serveur] | pause [serveur] | resume [serveur] | password [serveur] | limits [serveur] [slots=2 in=2 hours=20:00-06:00 day=50GB …] | remove <serveur>]",
  "usage.group":
    "/group [create <nom> | code | link [code] | members | policy [fxp | fxp-tls-only | relay-allowed | relay-only] | news [full | folders | count | off] | quiet [22:00-07:00 [Europe/Paris] | off] | remove <membre> | unbind]",
  "usage.join": "/join [code]",
  "usage.leave": "/leave",
  "usage.share": "/share [serveur] <dossier> [as <nom>] [with <groupe>]",
  "usage.unshare": "/unshare <partage>",
  "usage.search": "/search <mots>",
  "usage.browse": "/browse [numéro | référence | partage/dossier]",
  "usage.new": "/new [référence | keep <référence> | unkeep <référence> | rate <référence> | kept]",
  "usage.pull": "/pull <numéro | référence> … [to <serveur>] [yes]",
  "usage.transfers":
    "/transfers [show | pause | resume | cancel | retry] [référence], /transfers check <référence> [serveur], /transfers others, /transfers stop <référence>",
  "usage.link": "/link [code]",
  "usage.privacy": "/privacy [export | erase]",
  "more.start": "Dit où vous en êtes : groupe, serveurs, partages, et ce qu'il reste à faire.",
  "more.help": "Sans nom, elle liste toutes les commandes.",
  "more.servers":
    "« add » vous donne un lien vers une page où vous tapez vous-même l'adresse et le mot de passe ; ils ne passent jamais par cette conversation. « check » teste un serveur et dit quoi changer quand les fichiers ne passent pas. « accept » confirme que des fichiers soudain disparus le sont vraiment. « limits » montre et règle ce que d'autres peuvent faire : « slots » et « in » fichiers à la fois, « hours » (avec « zone »), « day » et « week » pour un membre, « group-day » et « group-week » pour un groupe, « rate », « relay » et « clear » ; « off » y met fin.",
  "more.group":
    "« code » invite une personne. « link » sans code en crée un, avec lequel un autre salon rejoint ce groupe. La règle « fxp » laisse les contenus voyager sans chiffrement entre les deux serveurs ; « fxp-tls-only » l'interdit. Avec « relay-allowed », ils peuvent aussi passer par FonShare quand rien d'autre ne marche ; avec « relay-only », ils ne passent que par là ; les deux demandent l'accord des deux propriétaires (/servers limits). « news » dit ce qui est annoncé des nouveaux fichiers, « quiet » à quelles heures rien ne l'est.",
  "more.join": "Avec un code, vous rejoignez le groupe pour lequel il a été fait, de n'importe où.",
  "more.leave": "Vos partages partent avec vous, et les récupérations depuis et vers ce groupe s'arrêtent aussitôt.",
  "more.share":
    "Le dossier s'écrit à partir de ce que votre serveur montre à FonShare ; « / » est l'ensemble. Sans nom, c'est celui du dossier. Sans dossier, la commande liste vos partages ici. « with » désigne un de vos groupes ; sans lui, c'est celui de ce salon.",
  "more.unshare": "Les autres n'y trouvent et n'y récupèrent plus rien, aussitôt.",
  "more.search":
    'Des mots dans n\'importe quel ordre, des "expressions exactes", -sauf. Filtres : kind:audio, size:>100mb, newer:7d, from:Ben. Les accents et les petites fautes ne comptent pas.',
  "more.browse": "Sans lieu, elle liste les partages. Donnez ensuite un numéro de la liste, ou tapez le chemin.",
  "more.new":
    "Les fichiers les plus récents d'abord. Avec la référence d'une annonce, ce qu'elle annonçait. « keep » la met sur votre liste, que « kept » montre ; « rate » lui donne une étoile.",
  "more.pull":
    "Elle montre d'abord combien c'est et si la place suffit ; rien ne bouge avant votre accord, ou « yes » à la fin. Rien de ce que vous avez n'est jamais écrasé.",
  "more.transfers":
    "Sans référence, le verbe vaut pour votre seule récupération à laquelle il convient. « check » essaie avec les deux vrais serveurs si un fichier, un dossier ou une récupération échouée peut venir, sans rien déplacer. « others » montre ce que d'autres prennent sur vos serveurs, « stop » y met fin pour de bon.",
  "more.link": "Demandez un code sur une plateforme et donnez-le sur l'autre.",
  "more.privacy": "« erase » vous retire aussitôt et pour de bon, avec vos serveurs, partages et récupérations.",
  "help.intro":
    "FonShare fait des serveurs de votre groupe un seul catalogue où l'on cherche. Les fichiers vont directement d'un serveur à l'autre.",
  "help.search-hint": "Une ligne sans barre oblique est une recherche.",
  "help.addresses":
    "Personne dans le groupe ne voit l'adresse, l'identifiant ni les vrais dossiers de votre serveur. Les deux serveurs d'un transfert voient l'adresse l'un de l'autre ; c'est ainsi que les fichiers vont directement de l'un à l'autre.",

  // start
  "start.hello": "Bonjour {name}.",
  "start.no-group":
    "Ce salon n'a pas encore de groupe. /group create <nom> en crée un ; /group link <code> relie ce salon à un groupe.",
  "start.not-member": "Le groupe de ce salon est {group}. Dites /join pour en devenir membre.",
  "start.member": "Vous êtes dans {group}.",
  "start.groups": "Vos groupes : {groups}.",
  "start.no-groups":
    "Vous n'êtes encore dans aucun groupe. Dites /join dans le salon d'un groupe, ou /join <code> avec un code reçu.",
  "start.no-server":
    "Ensuite : connectez votre serveur avec /servers add. Vous recevez un lien privé ; aucun mot de passe ne se tape ici.",
  "start.no-share": "Vous avez {servers}. Ensuite : partagez un dossier, par exemple /share / as Photos",
  "start.ready": "Vous avez {servers} et {shares}. Essayez /search, /browse ou /new.",

  "offer.hello":
    "FonShare fait un seul catalogue des serveurs FTP des personnes de ce salon. Un administrateur du salon peut créer un groupe ici, ou lier le salon à un groupe existant avec /group link <code>.",
  "offer.name": "Notre groupe",

  // servers
  "servers.title": "Vos serveurs",
  "servers.none": "Vous n'avez pas encore de serveur ici. /servers add en connecte un.",
  "servers.link": "Ouvrez ce lien vous-même et ne le transmettez pas. Il sert une fois, pendant {time}.",
  "servers.link-settings": "Les réglages de {server} : ouvrez ce lien vous-même. Il sert une fois, pendant {time}.",
  "servers.checked": "vérifié {age}",
  "servers.check-title": "{server} a été vérifié",
  "servers.check-good": "Tout ce qu'il faut fonctionne.",
  "servers.check-advice": "Pour qu'il fasse davantage, mettez ceci dans sa configuration :",
  "servers.advice-risk": "Ce que cela implique : {risk}",
  "servers.advice-look": "Aucune ligne n'est connue pour ce logiciel.",
  "servers.pairs": "Ce qui a marché en dernier avec d'autres serveurs :",
  "servers.pair-from": "de {name}",
  "servers.pair-to": "vers {name}",
  "limits.title": "Ce que d'autres peuvent faire de {server}",
  "limits.slots-out": "Y lire",
  "limits.slots-in": "Y écrire",
  "limits.slots": { by: "n", one: "{n} fichier à la fois", other: "{n} fichiers à la fois" },
  "limits.hours": "Ouvert aux autres",
  "limits.always": "toujours",
  "limits.member": "Un membre prend",
  "limits.group": "Tout un groupe prend",
  "limits.day": "{size} par jour",
  "limits.week": "{size} en sept jours",
  "limits.free": "sans limite",
  "limits.clear": "Contenus en clair",
  "limits.relay": "Contenus par FonShare",
  "limits.rate": "Débit par FonShare",
  "limits.allowed": "permis",
  "limits.forbidden": "interdit",
  "limits.own":
    "Vos propres récupérations ne comptent que pour les fichiers à la fois. Un transfert en cours n'est coupé ni par les heures ni par les volumes.",
  "limits.relay-means":
    "Par FonShare veut dire : les contenus des fichiers passent par l'ordinateur qui fait tourner FonShare, et qui le tient pourrait les lire. Cela n'arrive que si la règle du groupe le dit et que les deux propriétaires le permettent.",
  "limits.wrong":
    "« {word} » n'est pas une limite. On écrit par exemple day=50GB ou hours=20:00-06:00, off y met fin. Connues : {known}.",
  "servers.reindexed": "La lecture de {server} recommence.",
  "servers.accepted":
    "C'est noté : ce qui a disparu de {server} a vraiment disparu. Le catalogue en tiendra compte à la prochaine lecture, qui commence maintenant.",
  "servers.paused": "{server} est suspendu : rien n'y est lu ni transféré jusqu'à /servers resume.",
  "servers.resumed": "{server} est de nouveau utilisé.",
  "servers.removed":
    "{server} est oublié : son identifiant, ses partages, son catalogue et ses récupérations. Aucun de ses fichiers n'a été touché.",
  "servers.remove-ask":
    "FonShare oublie {server} : son identifiant, ses partages, son catalogue et ses récupérations. Aucun de ses fichiers n'est touché. Le retirer ?",
  "servers.no-inbox": "ne reçoit rien, pas de boîte de réception",
  "servers.receives": "reçoit les récupérations",
  "servers.budget": "limite {size}",
  "state.online": "en ligne",
  "state.offline": "hors ligne",
  "state.paused": "suspendu",
  "state.locked": "bloqué",
  "security.tls": "chiffré",
  "security.implicit": "chiffré",
  "security.plain": "non chiffré",
  "scan.never": "pas encore lu",
  "scan.running": "lecture en cours",
  "scan.complete": "{files}, lu {age}",
  "scan.partial": "lu en partie {age}, rien n'a été retiré",
  "scan.failed": "échec de lecture {age}",
  "scan.quarantined": "beaucoup de fichiers ont disparu : /servers accept si c'est voulu",
  "finding.tls-verified": "La connexion est chiffrée, avec un certificat qu'une autorité garantit.",
  "finding.tls-pinned": "La connexion est chiffrée, avec le certificat que vous avez accepté.",
  "finding.tls-none": "La connexion n'est pas chiffrée : l'identifiant et les noms circulent en clair.",
  "finding.tls-client": "Il sait ouvrir lui-même le chiffrement des contenus entre deux serveurs.",
  "finding.tls-server":
    "Les contenus sont chiffrés avec les serveurs qui savent ouvrir le chiffrement (SSCN ou CPSV) ; lui ne le sait pas.",
  "finding.reuse-required":
    "Il n'accepte de connexion de données chiffrée que de son propre client, donc aucune d'un autre serveur.",
  "finding.resume": "Un transfert interrompu peut reprendre où il s'est arrêté.",
  "finding.no-resume": "Un transfert interrompu doit recommencer.",
  "finding.no-store-resume": "Un transfert interrompu vers lui doit recommencer.",
  "finding.hashes": "Il sait calculer des sommes de contrôle.",
  "finding.no-hashes": "Il ne sait pas calculer de sommes de contrôle ; des échantillons sont comparés.",
  "finding.fxp-allowed": "Il échange des fichiers directement avec d'autres serveurs.",
  "finding.fxp-refused": "Il refuse d'échanger des fichiers directement avec d'autres serveurs.",
  "finding.fxp-unknown":
    "La première récupération montrera s'il échange des fichiers directement avec d'autres serveurs.",
  "finding.clear-refused": "Il refuse d'envoyer des contenus sans chiffrement.",
  "finding.passive-unreachable":
    "Ses ports de données sont injoignables : ses dossiers sont illisibles, et aucun autre serveur ne peut s'y connecter.",
  "finding.space": "Il y a de la place pour les fichiers récupérés.",
  "finding.inbox-writable": "Les fichiers récupérés peuvent être écrits dans la boîte de réception.",
  "finding.inbox-refused": "Il refuse l'écriture dans la boîte de réception ; aucune récupération n'y est possible.",
  "finding.inbox-none": "Il n'a pas de boîte de réception : on peut y prendre des fichiers, rien n'y est récupéré.",
  "advice.fxp-active": "lui permet d'envoyer et de prendre des fichiers chez l'autre serveur d'un transfert",
  "advice.fxp-passive": "permet à l'autre serveur d'un transfert de s'y connecter",
  "advice.passive-ports":
    "rend ses ports de données joignables de l'extérieur : ouvrez les mêmes ports dans la box et le pare-feu, et indiquez votre adresse publique",
  "advice.clear-data":
    "laisse les contenus voyager sans chiffrement, pour les paires de serveurs qui ne savent pas les chiffrer",
  "advice.protected-data": "active le chiffrement",
  "advice.session-reuse": "permet aux connexions de données chiffrées de venir de l'autre serveur",
  "advice.tls-version":
    "lui permet d'envoyer des contenus chiffrés aux serveurs qui ne savent pas ouvrir le chiffrement ; avec TLS 1.3, la fin d'un fichier peut alors se perdre",
  "advice.peer-certificate":
    "lui permet de chiffrer vers des serveurs dont le certificat est fait maison, comme ceux des particuliers",
  "advice.resume": "permet à un transfert interrompu de reprendre où il s'est arrêté",
  "advice.listing-limit": "permet de lire en entier les dossiers qui ont beaucoup de fichiers",
  "advice.hashes":
    "lui permet de calculer des sommes de contrôle, pour comparer des fichiers entiers au lieu d'échantillons",
  "advice.rate": "limite la vitesse de chaque transfert, ce que rien dans FTP ne permet",
  "advice.no-setting":
    "sans réglage pour les transferts entre serveurs, il reste un autre logiciel, ou des contenus qui passent par FonShare (/servers limits)",

  "risk.fxp-active":
    "une personne identifiée peut faire se connecter le serveur à n'importe quelle adresse (rebond FTP) ; ne donnez des accès qu'à des gens de confiance.",
  "risk.fxp-passive": "qui apprend à temps le port de données peut s'y connecter à la place de l'autre serveur.",
  "risk.passive-ports": "ces ports répondent à Internet tant qu'un transfert attend sa connexion de données.",
  "risk.clear-data": "les contenus traversent Internet sans chiffrement ; les identifiants restent protégés.",
  "risk.protected-data": "rien ne s'ouvre ; qui s'y connecte doit accepter le certificat du serveur.",
  "risk.session-reuse": "une connexion de données ne prouve plus qu'elle appartient à qui s'est identifié.",
  "risk.tls-version": "tous ceux qui s'y connectent passent à TLS 1.2, plus ancien mais toujours sûr.",
  "risk.peer-certificate":
    "il envoie les contenus à qui répond à l'adresse donnée par FonShare, sans regarder de certificat.",
  "risk.resume": "une personne qui peut écrire peut changer la fin d'un fichier.",
  "risk.listing-limit": "lister un dossier énorme coûte de la mémoire et du temps.",
  "risk.hashes": "une personne identifiée peut lui faire lire de gros fichiers, ce qui coûte du temps.",
  "risk.rate": "tout autre usage du serveur est ralenti aussi.",
  "risk.no-setting": "ce qui passe par FonShare pourrait être lu par qui l'exploite.",

  "look.fxp-active":
    "Cherchez un réglage sur FXP, les transferts de site à site, ou PORT vers des adresses étrangères.",
  "look.fxp-passive": "Cherchez un réglage sur FXP, ou les connexions de données venant d'adresses étrangères.",
  "look.passive-ports": "Cherchez une plage de ports du mode passif, et l'adresse publique que le serveur annonce.",
  "look.clear-data": "Cherchez un réglage qui impose PROT P, et désactivez-le.",
  "look.session-reuse":
    "Cherchez un réglage qui exige la reprise de session TLS pour les connexions de données, et désactivez-le.",
  "look.resume": "Cherchez un réglage sur REST, ou sur la reprise des envois.",
  "look.listing-limit": "Cherchez une limite au nombre d'entrées d'une liste.",
  "look.rate": "Cherchez une limite de vitesse ou de bande passante.",
  "look.no-setting":
    "FileZilla Server n'accepte de connexion de données que de son propre client. Sans chiffrement, il peut au moins se connecter à un autre serveur.",

  // ways between two servers
  "way.source-clear": "{to} se connecte à {from}, sans chiffrement",
  "way.source-protected": "{to} se connecte à {from}, avec chiffrement",
  "way.destination-clear": "{from} se connecte à {to}, sans chiffrement",
  "way.destination-protected": "{from} se connecte à {to}, avec chiffrement",
  "way.relay": "par FonShare",
  "pair.title": "De {from} à {to}",
  "pair.works": "{way} : cela marche.",
  "pair.refused": "{way} : cela ne marche pas.",
  "pair.untried": "{way} : ils s'accordent ; en essayer plus déplacerait des contenus.",
  "pair.relay": "Par FonShare : c'est permis. Ce n'est pas essayé, car cela déplacerait des contenus.",
  "pair.more": {
    by: "n",
    one: "{n} autre chemin n'a pas été nécessaire.",
    other: "{n} autres chemins n'ont pas été nécessaires.",
  },
  "pair.good": "Les fichiers peuvent venir. Rien n'a été déplacé, et il ne reste rien de l'essai.",
  "pair.compare-hash": "Ensuite, les deux serveurs calculent une somme de contrôle, et on les compare.",
  "pair.compare-blocks": "Ensuite, des échantillons du contenu sont lus aux deux bouts et comparés.",
  "pair.remembered": "Ce qui a marché en dernier : {way}.",
  "pair.advice": "Ce qui peut être changé sur {server} :",

  // groups
  "group.created":
    "Le groupe {group} existe ; {name} en est le premier administrateur. On le rejoint ici avec /join ; /group code invite d'autres personnes ; /servers add connecte votre serveur.",
  "group.policy": "Règle",
  "group.policy-fxp": "les contenus peuvent voyager sans chiffrement entre les deux serveurs",
  "group.policy-fxp-tls-only": "les contenus ne voyagent que chiffrés",
  "group.policy-relay-allowed":
    "les contenus peuvent voyager sans chiffrement entre les deux serveurs, et par FonShare quand rien d'autre ne marche et que les deux propriétaires y ont consenti",
  "group.policy-relay-only": "les contenus ne voyagent que par FonShare, si les deux propriétaires y ont consenti",
  "group.members": "Membres",
  "group.rooms": "Salons",
  "group.room-here": "ce salon",
  "group.admin": "administrateur",
  "group.you": "vous",
  "group.since": "depuis le {date}",
  "group.mine": "Vos groupes",
  "group.code": "Ce code fait entrer une personne dans le groupe, une fois, pendant {time}. Elle dira :",
  "group.room-code": "Ce code relie un salon de plus au groupe, une fois, pendant {time}. Dites dans ce salon :",
  "group.linked": "Ce salon appartient désormais à {group}.",
  "group.policy-set": "La règle du groupe est changée.",
  "group.policy-relay":
    "Ce qui passe par FonShare pourrait être lu par qui l'exploite. Il y faut donc l'accord de chaque propriétaire pour son propre serveur : /servers limits.",
  "group.news": "Annonces",
  "group.news-full": "les dossiers, avec des exemples",
  "group.news-folders": "les dossiers",
  "group.news-count": "seulement le nombre de fichiers",
  "group.news-off": "aucune",
  "group.news-set": "Annonces de nouveaux fichiers désormais : {news}.",
  "group.quiet": "Heures calmes",
  "group.quiet-none": "aucune",
  "group.quiet-hours": "de {from} à {to} ({zone})",
  "group.quiet-set":
    "De {from} à {to} ({zone}), aucun nouveau fichier n'est annoncé. Tout est annoncé ensemble à la fin.",
  "group.quiet-ended": "Il n'y a plus d'heures calmes.",
  "group.remove-ask":
    "{name} est exclu du groupe sur-le-champ, avec ses partages et ses récupérations en cours. Retirer cette personne ?",
  "group.removed": "{name} n'est plus dans le groupe.",
  "group.unbind-ask": "Ce salon sera détaché de son groupe : plus personne ne pourra s'en servir d'ici. Détacher ?",
  "group.unbound": "Ce salon n'appartient plus à {group}.",
  "group.joined": "Bienvenue dans {group}.",
  "group.leave-ask":
    "Vous quittez {group} sur-le-champ : vos partages ici cessent, ainsi que les récupérations depuis et vers ce groupe. Quitter ?",
  "group.leave-ask-here":
    "Vous quittez le groupe sur-le-champ : vos partages y cessent, ainsi que les récupérations depuis et vers ce groupe. Quitter ?",
  "group.left": "Vous avez quitté {group}. Vos partages n'y sont plus au catalogue.",

  // shares, search, browse
  "share.added": "{share} est partagé. La lecture commence ; le groupe saura quand on peut y chercher.",
  "share.removed": "{share} n'est plus partagé.",
  "share.mine": "Vos partages ici",
  "share.none":
    "Vous ne partagez encore rien ici. Par exemple : /share Musique/Live as Concerts, ou /share / pour tout.",
  "share.scanned": "lu {age}",
  "share.not-scanned": "pas encore lu",
  "search.title": "« {query} » : {results}",
  "search.corrected": "Voici les résultats pour « {query} ».",
  "search.nothing": "Rien pour « {query} ». Essayez des mots moins nombreux ou plus courts, ou /browse.",
  "browse.shares": "Ce qui est partagé",
  "browse.none": "Rien n'est encore partagé ici. /share partage un dossier de votre serveur.",
  "browse.empty": "Ce dossier est vide.",
  "new.title": "Ce qui est arrivé en dernier",
  "new.none": "Rien de nouveau pour l'instant.",
  "new.stars": "Elle a {stars}.",
  "new.is-kept": "Vous la gardez.",
  "new.kept-title": "Ce que vous gardez",
  "new.kept-none": "Vous ne gardez encore rien. « Garder » sur une annonce le fait, ou par exemple : /new keep a12",
  "item.yours": "vous l'avez",

  // pulls
  "plan.title": "Récupérer {title} ?",
  "plan.from": "De",
  "plan.to": "Vers",
  "plan.size": "Taille",
  "plan.there": "Déjà présent",
  "plan.budget": "Reste permis",
  "plan.duration": "Durée estimée",
  "plan.unlimited": "sans limite",
  "plan.unknown": "pas encore connue",
  "plan.does-not-fit":
    "Cela dépasse ce qui reste permis sur le serveur. Son propriétaire peut relever la limite avec /servers password.",
  "plan.nothing": "Tout est déjà sur {to}.",
  "plan.question": "Récupérer",
  "pull.queued": "dans la file d'attente",
  "pull.queued-at": "place {position} dans la file d'attente",
  "pull.starting": "démarrage",
  "pull.waiting": "en attente",
  "pull.waiting-until": "en attente, prochain essai {time}",
  "pull.paused": "suspendu",
  "pull.done": "terminé",
  "pull.failed": "échec",
  "pull.cancelled": "annulé",
  "pull.running": "en cours",
  "pull.of": "{done} sur {all}",
  "pull.files-of": { by: "done", one: "{done} fichier sur {all}", other: "{done} fichiers sur {all}" },
  "pull.speed": "{size}/s",
  "pull.left": "encore {time}",
  "pull.own-server": "son serveur",
  "pull.done-line": "{title} est arrivé en entier sur {to} : {files}, {size}.",
  "pull.failed-line": "{title} n'a pas pu être récupéré sur {to}.",
  "pull.failed-some": {
    by: "n",
    one: "{n} fichier de {title} n'a pas pu être récupéré sur {to}.",
    other: "{n} fichiers de {title} n'ont pas pu être récupérés sur {to}.",
  },
  "pull.cancelled-line": "La récupération de {title} est annulée. Les fichiers déjà complets restent.",
  "pull.paused-line": "La récupération de {title} est suspendue.",
  "pull.route": "{from} → {to}",
  "pull.try-again": "/transfers retry {ref} recommence.",
  "others.title": "Ce que d'autres prennent chez vous",
  "others.none": "Personne n'a rien pris sur vos serveurs ces temps-ci.",
  "others.who": "{person} ({group}), depuis {server}",
  "others.stop-ask": "Arrêter pour de bon ce que {ref} prend encore sur vos serveurs ? Ce qui est arrivé reste.",
  "others.stopped": "Arrêté : {ref} ne prend plus rien sur vos serveurs ({files}).",
  "transfers.title": "Vos récupérations",
  "transfers.none": "Vous n'avez rien récupéré ces temps-ci. /pull 2 récupère la deuxième ligne d'une liste.",
  "transfers.which":
    "Plusieurs récupérations conviennent : {refs}. Dites laquelle, par exemple : /transfers {verb} {example}",
  "transfers.no-fit": "Aucune de vos récupérations ne s'y prête maintenant. /transfers les liste.",

  // link and privacy
  "link.code": "Dites ceci sur l'autre plateforme dans les {time}. Vous serez alors une seule personne sur les deux :",
  "link.done": "Les deux plateformes vous connaissent maintenant comme une seule personne.",
  "privacy.what":
    "FonShare garde qui vous êtes sur cette plateforme, vos groupes, vos serveurs avec leur identifiant (scellé, jamais montré), les noms et tailles de ce que vous partagez, et pour peu de temps vos récupérations, combien vous avez pris chez qui, et ce que veulent dire les boutons sous vos messages. Aucun contenu de fichier n'est gardé.",
  "privacy.how": "/privacy export montre tout. /privacy erase efface tout, aussitôt.",
  "privacy.export": "Tout ce qui est gardé de vous, sans les secrets :",
  "privacy.erase-ask":
    "Vous, vos serveurs, partages et récupérations êtes effacés sur-le-champ, et rien ne les ramène. Les fichiers restent sur vos serveurs. Effacer ?",
  "privacy.erased": "Tout est effacé. Si vous écrivez de nouveau, vous commencez comme une personne inconnue.",

  // announcements
  "news.indexed": "{owner} partage {share} : {files} dans {folders}, {size}.",
  "news.added": {
    by: "n",
    one: "{owners} : {n} nouveau fichier, {size}",
    other: "{owners} : {n} nouveaux fichiers, {size}",
  },
  "news.joined": "{name} a rejoint {group}.",
  "news.connected":
    "Votre serveur {label} est connecté. Il est en cours de lecture ; vous direz ensuite ce que vous partagez.",
  "news.server-indexed": "« {label} » est connecté : {files}, {size}. Le partager ?",
  "news.server-indexed-alone":
    "« {label} » est connecté : {files}, {size}. Dites /join dans le salon d'un groupe, ou /join <code> avec un code reçu ; puis partagez-le avec /share.",
  "news.share-smaller": "Pour partager moins, nommez un dossier :",
  "news.trouble": "Votre serveur {label} a besoin de vous :",
  "news.quarantined":
    "{lost} fichiers sur {had} ont disparu de votre serveur {label}. Rien n'a été retiré du catalogue. S'ils ont vraiment disparu, dites /servers accept {label}",
  "news.differs":
    "Une copie de {name} venant de {from} n'était pas conforme à l'original et a été retirée. Un autre chemin est essayé.",
  "news.differs-yours":
    "Une copie de {name} venant de votre serveur {from} n'était pas conforme à l'original et a été retirée. Si cela se répète, vérifiez son disque et son réseau.",
  "news.and-so-on": "et ainsi de suite",

  // reactions
  "react.nothing": "Il n'y a encore aucun message auquel réagir.",
  "react.gone": "Ce message n'annonce rien que vous puissiez voir.",
  "react.kept": "C'est gardé. /new kept montre tout ce que vous gardez.",
  "react.unkept": "Ce n'est plus gardé.",
  "react.rated": {
    by: "n",
    one: "Votre étoile compte : {n} étoile pour l'instant.",
    other: "Votre étoile compte : {n} étoiles pour l'instant.",
  },
  "react.taken-back": "C'est retiré.",
  "react.known": "C'était déjà fait.",
  "react.unknown": "Les réactions sont pull, keep et rate, par exemple : /react {id} pull",
  "react.bad-id": "Un message se désigne par son numéro, par exemple : /react {id} pull",

  // chat platforms
  "chat.private-closed": "{name}, je réponds à cela en privé.",
  "chat.open-private": "Ouvrir notre discussion privée",
  "chat.see-private": "Je vous tiens au courant dans notre discussion privée.",
  "chat.platform-away": "La plateforme ne répond pas pour l'instant. Réessayez dans un moment.",
  "chat.no-anonymous": "Je ne peux servir que quelqu'un qui écrit sous son propre nom.",
  "chat.shared-file": "Le voici en fichier.",
  "right.console": "être administrateur du salon",
  "right.discord": "la permission « Gérer les salons »",
  "right.telegram": "être administrateur du groupe",

  // the console itself
  "console.you": "Vous êtes {name}, dans le salon {room}.",
  "console.you-private": "Vous êtes {name}, dans un salon privé.",
  "console.hint": "/help explique, Tab complète, /as <nom> change qui parle, /quit termine.",
  "console.language": "La langue est le français.",
  "console.languages": "Langues connues : en, fr. Par exemple : /lang en",
  "console.need-name": "Qui parle ? Par exemple : /as ben",
  "console.need-room": "Quel salon ? Par exemple : /room main",
  "console.bad-room": "Le nom d'un salon a de 1 à 64 lettres, chiffres, - ou _.",
  "console.no-more": "Il n'y a rien de plus à montrer.",
  "console.question": "{question} ? [o/N] ",
  "console.yes-letters": "o oui y yes",
  "console.bye": "Au revoir.",
  "console.to": "à {name}",
  "console.lost": "Le cœur de FonShare ne répond pas. Je continue d'essayer.",
  "console.back": "Le cœur de FonShare répond de nouveau.",
  "console.help-as": "Parler comme quelqu'un d'autre, par exemple : /as ben",
  "console.help-lang": "Changer de langue : /lang en ou /lang fr",
  "console.help-room": "Aller dans un salon de groupe, par exemple : /room main",
  "console.help-private": "Aller dans un salon privé, où seuls vous et FonShare parlez. /room en fait sortir.",
  "console.help-react":
    "Réagir à une annonce par pull, keep ou rate : /react pull pour la dernière, /react 12 keep pour #12, /react 12 keep off pour s'en dédire.",
  "console.help-back": "Montrer la page précédente.",
  "console.help-more": "Montrer la page suivante de la dernière liste.",
  "console.help-quit": "Quitter la console. Ctrl-D et Ctrl-C font de même.",
  "console.help-here":
    "Ici seulement : {commands}. C'est l'outil de l'opérateur : qui s'y trouve peut parler au nom de n'importe qui.",

  // errors: one sentence for each code of the contract, saying what to do
  "error.request.invalid": "Ce message n'a pas été compris. /help montre comment s'écrivent les commandes.",
  "error.request.unknown-procedure":
    "Ce bot et son cœur sont de versions différentes. L'opérateur doit mettre les deux à jour.",
  "error.request.unauthorized":
    "Le cœur n'accepte pas ce bot. L'opérateur doit vérifier FONSHARE_API_TOKEN des deux côtés.",
  "error.request.too-many": "Cela fait beaucoup d'un coup. Attendez une minute, puis réessayez.",
  "error.core.unavailable": "Le cœur de FonShare ne répond pas pour l'instant. Réessayez dans un moment.",
  "error.core.internal":
    "Quelque chose a échoué de notre côté. Réessayez ; l'opérateur trouve les détails dans le journal.",
  "error.button.gone": "Ce bouton n'est plus valable. Donnez de nouveau la commande.",
  "error.button.not-yours": "Ce bouton est à quelqu'un d'autre. Donnez vous-même la commande pour avoir les vôtres.",
  "error.room.not-there": "Cela ne marche que pour quelqu'un qui est dans ce salon.",
  "error.room.admin-only": "Seul quelqu'un qui gère ce salon peut le faire. Il faut {right}.",
  "error.group.none-here":
    "Il n'y a pas de groupe ici. /group create <nom> en crée un, ou parlez dans le salon de votre groupe.",
  "error.group.not-a-member": "Vous n'êtes pas membre du groupe de ce salon. Dites d'abord /join.",
  "error.group.name-taken": "Un groupe porte déjà ce nom. Choisissez-en un autre.",
  "error.group.room-bound": "Ce salon appartient déjà à un groupe. /group unbind l'en détache d'abord.",
  "error.group.code-invalid": "Ce code est faux, déjà utilisé ou trop ancien. Demandez-en un nouveau.",
  "error.group.admin-only": "Seul un administrateur du groupe peut le faire. /group members montre qui l'est.",
  "error.group.already-member": "Vous êtes déjà membre de ce groupe.",
  "error.group.member-unknown": "Personne de ce nom dans le groupe. /group members liste tout le monde.",
  "error.server.unknown": "Vous n'avez pas de serveur de ce nom. /servers liste les vôtres.",
  "error.server.none": "Vous n'avez pas encore de serveur. /servers add en connecte un.",
  "error.server.which": "Vous avez plusieurs serveurs : dites lequel parmi {servers}.",
  "error.server.label-taken": "Vous avez déjà un serveur de ce nom. Choisissez-en un autre.",
  "error.server.paused": "Rien ne bouge tant que {server} est suspendu. Son propriétaire peut dire /servers resume.",
  "error.server.locked":
    "Le mot de passe de {server} a été refusé trois fois, il n'est donc plus utilisé. Son propriétaire peut le corriger avec /servers password.",
  "error.server.offline": "Pas de réponse de {server} pour l'instant. Un nouvel essai se fera tout seul.",
  "error.server.busy": "Toutes les places de {server} sont prises pour l'instant. Un nouvel essai se fera tout seul.",
  "error.server.login-refused":
    "L'identification a été refusée par {server}. Son propriétaire peut la corriger avec /servers password.",
  "error.server.tls-required":
    "Seules les connexions chiffrées sont acceptées par {server}. Son propriétaire peut changer cela avec /servers password.",
  "error.server.tls-failed":
    "Aucune connexion chiffrée n'a pu être établie avec {server}. Son propriétaire devrait vérifier le certificat et les réglages.",
  "error.server.certificate-unknown":
    "Aucune autorité ne garantit le certificat de {server}. Son propriétaire peut le regarder et l'accepter avec /servers password.",
  "error.server.certificate-changed":
    "Le certificat de {server} a changé, rien ne lui est donc envoyé. Son propriétaire peut accepter le nouveau avec /servers password.",
  "error.server.address-refused": "L'adresse de {server} n'est pas permise ici. L'opérateur décide des réseaux permis.",
  "error.server.address-unresolvable":
    "Le nom de {server} ne mène à aucune adresse utilisable pour l'instant. Son propriétaire devrait le vérifier ; un nouvel essai se fera tout seul.",
  "error.server.no-inbox":
    "Aucun de vos serveurs ne peut recevoir. Donnez une boîte de réception avec /servers password, ou connectez un serveur avec /servers add.",
  "error.server.protocol":
    "Les réponses de {server} n'ont pas été comprises. /servers check en montre plus à son propriétaire.",
  "error.enrol.link-invalid": "Ce lien est déjà utilisé ou trop ancien. /servers add en donne un nouveau.",
  "error.share.unknown": "Aucun partage de ce nom ici. /browse les liste.",
  "error.share.name-taken": "Un partage porte déjà ce nom ici. Choisissez-en un autre : /share <dossier> as <nom>",
  "error.share.path-missing":
    "Ce dossier n'existe pas sur le serveur. Le chemin part de ce que le serveur montre à FonShare ; / est l'ensemble.",
  "error.share.path-shared": "Vous partagez déjà ce dossier ici. /share liste vos partages.",
  "error.catalog.unknown-ref":
    "Cela n'est dans aucune liste que vous pouvez voir. Cherchez de nouveau avec /search et prenez-y un numéro ou une référence.",
  "error.catalog.no-list":
    "Aucune liste à laquelle ce numéro pourrait appartenir. Cherchez d'abord avec /search ou parcourez avec /browse.",
  "error.catalog.query-empty": "Que cherchez-vous ? Par exemple : /search concert d'été",
  "error.scan.limit":
    "Le serveur n'a pas tout listé, ou contient plus que ce qui est lu d'un coup. Augmentez sa limite de liste ou partagez des dossiers plus petits ; rien n'a été retiré du catalogue.",
  "error.catalog.query-invalid":
    "Le filtre {filter} n'a pas été compris. Les filtres ressemblent à ceci : kind:audio size:>100mb newer:7d from:Ben. Les sortes sont image, video, audio, document, archive, data, dossier et fichier.",
  "error.scan.running": "Le serveur est déjà en cours de lecture. Attendez qu'elle soit finie.",
  "error.pull.unknown": "Vous n'avez pas de récupération avec cette référence. /transfers liste les vôtres.",
  "error.pull.own-file": "C'est déjà sur votre propre serveur.",
  "error.pull.nothing-to-do": "Il n'y a rien à récupérer : tout est déjà là.",
  "error.pull.wrong-state": "Ce n'est pas possible dans l'état de cette récupération. /transfers le montre.",
  "error.pull.over-budget":
    "C'est plus que ce qui reste permis sur votre serveur. Relevez la limite avec /servers password, ou récupérez moins.",
  "error.pull.no-longer-allowed":
    "Vous ne voyez plus ce contenu : il n'est plus partagé, ou quelqu'un a quitté le groupe.",
  "error.pull.policy-forbids":
    "Le groupe n'admet que des contenus chiffrés, et ces deux serveurs n'en sont pas capables. Un administrateur peut changer cela avec /group policy.",
  "error.pull.owner-forbids":
    "Un des deux propriétaires n'admet que des contenus chiffrés, et ces deux serveurs n'en sont pas capables. /servers limits change cela pour son propre serveur.",
  "error.pull.no-consent":
    "Le groupe veut que les contenus passent par FonShare, et les deux propriétaires n'y ont pas consenti. /servers limits le règle pour son propre serveur.",
  "error.pull.relay-quota":
    "Ce que ce groupe peut faire passer par FonShare aujourd'hui est épuisé. Cela reprendra tout seul demain.",
  "error.pull.hours":
    "{server} n'est ouvert aux autres que de {from} à {to} ({zone}). Cela reprendra tout seul à ce moment.",
  "error.pull.limit-member":
    "Vous avez pris sur {server} autant que son propriétaire le permet dans ce délai. Cela reprendra tout seul dès qu'il y aura de la place.",
  "error.pull.limit-group":
    "Le groupe a pris sur {server} autant que son propriétaire le permet dans ce délai. Cela reprendra tout seul dès qu'il y aura de la place.",
  "error.pull.over-limit":
    "Le fichier est plus gros que ce que le propriétaire de {server} permet dans ce délai. Demandez-lui de permettre davantage, puis réessayez.",
  "error.pull.stopped-by-owner": "{server} appartient à quelqu'un qui a arrêté cette récupération. Demandez-lui.",
  "error.file.gone":
    "Le fichier n'est plus sur l'autre serveur. Cherchez de nouveau ; quelqu'un d'autre l'a peut-être.",
  "error.file.changed":
    "Le fichier vient de changer sur l'autre serveur. Un nouvel essai se fera tout seul après la prochaine lecture.",
  "error.file.unreadable":
    "L'autre serveur ne laisse pas lire ce fichier. Prévenez son propriétaire, ou cherchez un autre exemplaire.",
  "error.inbox.exists":
    "Un autre fichier de ce nom est déjà dans la boîte de réception, et rien n'est écrasé. Déplacez-le, puis réessayez.",
  "error.inbox.no-space": "Le serveur qui reçoit n'a plus de place. Faites-en ; un nouvel essai se fera tout seul.",
  "error.inbox.refused":
    "Le serveur qui reçoit refuse l'écriture dans la boîte de réception. Vérifiez ses droits, puis /servers check.",
  "error.fxp.refused-by-source":
    "Le serveur qui envoie refuse l'échange direct avec un autre serveur. Son propriétaire trouve quoi changer avec /servers check.",
  "error.fxp.refused-by-destination":
    "Le serveur qui reçoit refuse l'échange direct avec un autre serveur. Son propriétaire trouve quoi changer avec /servers check.",
  "error.fxp.no-arrangement":
    "Ces deux serveurs n'ont trouvé aucun moyen de se joindre. Leurs propriétaires trouvent quoi changer avec /servers check.",
  "error.fxp.no-family":
    "L'un des deux serveurs ne parle que l'IPv4 et l'autre que l'IPv6 : ils ne peuvent pas se joindre.",
  "error.fxp.slow": "Ce serveur était bien plus lent qu'un autre qui a le même fichier.",
  "error.fxp.stalled": "Le transfert n'avançait plus et a été arrêté. Un nouvel essai se fera tout seul.",
  "error.fxp.cut":
    "La connexion entre les deux serveurs s'est rompue. Un nouvel essai se fera tout seul et reprendra où elle s'est arrêtée.",
  "error.fxp.size-differs":
    "Ce qui est arrivé n'a pas la bonne taille et n'a donc pas été gardé. D'autres chemins sont essayés tant qu'il y en a.",
  "error.fxp.content-differs":
    "Ce qui est arrivé diffère de l'original et n'a donc pas été gardé. D'autres chemins sont essayés tant qu'il y en a.",
  "error.fxp.not-comparable":
    "L'un des deux serveurs ne sait ni donner des parties d'un fichier ni calculer de sommes de contrôle : personne ne peut savoir si la copie est bonne, et elle n'a pas été gardée. Son propriétaire peut y activer la reprise (REST) ou les sommes de contrôle.",
  // what stands in a sentence when the core did not say more
  "default.server": "ce serveur",
  "default.servers": "les vôtres (/servers les liste)",
  "default.right": "le droit de le gérer",
  "default.time": "…",
  "default.filter": "que vous avez écrit",
};
