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

  // general
  "list.and": "{first} et {last}",
  "list.title": "{title} : {count}",
  "button.more": "Suite",
  "button.cancel": "Annuler",
  "button.pull": "Récupérer",
  "button.pause": "Pause",
  "button.resume": "Reprendre",
  "button.retry": "Réessayer",
  "button.join": "Rejoindre",
  "button.add-server": "Connecter un serveur",
  "button.share": "Tout partager",
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
  cancelled: "Rien n'a été modifié.",
  until: "jusqu'à {time}",

  // what cannot be understood
  "input.unknown-command": "La commande /{name} n'existe pas. /help les montre toutes.",
  "input.did-you-mean": "La commande /{name} n'existe pas. Vouliez-vous dire {suggestion} ?",
  "input.needs-slash": "Une commande commence par une barre oblique : {command}",
  "input.unknown-word": "/{command} ne connaît pas « {word} ». Elle connaît : {known}.",
  "input.usage": "Cela s'écrit ainsi :",
  "input.too-long": "C'est trop long. Une commande a au plus {limit} caractères.",
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
  "missing.transfer": "Quelle récupération ? /transfers liste les vôtres ; puis par exemple : /transfers {verb} p12",
  "missing.share-name": "Il manque le nom après « as » : /share Musique/Live as Concerts",

  // what commands are for, and how they are written
  "about.start": "dire bonjour et montrer l'étape suivante",
  "about.help": "montrer les commandes, ou en expliquer une",
  "about.servers": "vos serveurs : ajouter, vérifier, suspendre, retirer, etc.",
  "about.group": "le groupe de ce salon : créer, inviter, lier un salon, membres, règle",
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
    "/servers [add | check [serveur] | reindex [serveur] | accept [serveur] | pause [serveur] | resume [serveur] | password [serveur] | remove <serveur>]",
  "usage.group":
    "/group [create <nom> | code | link [code] | members | policy [fxp | fxp-tls-only] | remove <membre> | unbind]",
  "usage.join": "/join [code]",
  "usage.leave": "/leave",
  "usage.share": "/share [serveur] <dossier> as <nom>",
  "usage.unshare": "/unshare <partage>",
  "usage.search": "/search <mots>",
  "usage.browse": "/browse [numéro | référence | partage/dossier]",
  "usage.new": "/new [référence]",
  "usage.pull": "/pull <numéro | référence> … [to <serveur>] [yes]",
  "usage.transfers": "/transfers [show | pause | resume | cancel | retry] [référence]",
  "usage.link": "/link [code]",
  "usage.privacy": "/privacy [export | erase]",
  "more.start": "Dit où vous en êtes : groupe, serveurs, partages, et ce qu'il reste à faire.",
  "more.help": "Sans nom, elle liste toutes les commandes.",
  "more.servers":
    "« add » vous donne un lien vers une page où vous tapez vous-même l'adresse et le mot de passe ; ils ne passent jamais par cette conversation. « check » teste un serveur et dit quoi changer quand les fichiers ne passent pas. « accept » confirme que des fichiers soudain disparus le sont vraiment.",
  "more.group":
    "« code » invite une personne. « link » sans code en crée un, avec lequel un autre salon rejoint ce groupe. La règle « fxp » laisse les contenus voyager sans chiffrement entre les deux serveurs ; « fxp-tls-only » l'interdit.",
  "more.join": "Avec un code, vous rejoignez le groupe pour lequel il a été fait, de n'importe où.",
  "more.leave": "Vos partages partent avec vous, et les récupérations depuis et vers ce groupe s'arrêtent aussitôt.",
  "more.share":
    "Le dossier s'écrit à partir de ce que votre serveur montre à FonShare ; « / » est l'ensemble. Sans nom, c'est celui du dossier. Sans dossier, la commande liste vos partages ici.",
  "more.unshare": "Les autres n'y trouvent et n'y récupèrent plus rien, aussitôt.",
  "more.search":
    'Des mots dans n\'importe quel ordre, des "expressions exactes", -sauf. Filtres : kind:audio, size:>100mb, newer:7d, from:Ben. Les accents et les petites fautes ne comptent pas.',
  "more.browse": "Sans lieu, elle liste les partages. Donnez ensuite un numéro de la liste, ou tapez le chemin.",
  "more.new": "Les fichiers les plus récents d'abord.",
  "more.pull":
    "Elle montre d'abord combien c'est et si la place suffit ; rien ne bouge avant votre accord, ou « yes » à la fin. Rien de ce que vous avez n'est jamais écrasé.",
  "more.transfers": "Sans référence, le verbe vaut pour votre seule récupération à laquelle il convient.",
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

  // servers
  "servers.title": "Vos serveurs",
  "servers.none": "Vous n'avez pas encore de serveur ici. /servers add en connecte un.",
  "servers.link": "Ouvrez ce lien vous-même et ne le transmettez pas. Il sert une fois, jusqu'à {time}.",
  "servers.link-settings": "Les réglages de {server} : ouvrez ce lien vous-même. Il sert une fois, jusqu'à {time}.",
  "servers.checked": "vérifié {age}",
  "servers.check-title": "{server} a été vérifié",
  "servers.check-good": "Tout ce qu'il faut fonctionne.",
  "servers.check-advice": "Pour qu'il fasse davantage, mettez ceci dans sa configuration :",
  "servers.advice-risk": "Ce que cela implique : {risk}",
  "servers.reindexed": "La lecture de {server} recommence.",
  "servers.accepted":
    "C'est noté : ce qui a disparu de {server} a vraiment disparu. Le catalogue en tiendra compte à la prochaine lecture, qui commence maintenant.",
  "servers.paused": "{server} est suspendu : rien n'y est lu ni transféré jusqu'à /servers resume.",
  "servers.resumed": "{server} est de nouveau utilisé.",
  "servers.removed":
    "{server} est oublié : son identifiant, ses partages, son catalogue et ses récupérations. Aucun de ses fichiers n'a été touché.",
  "servers.remove-ask":
    "FonShare oublie {server} : son identifiant, ses partages, son catalogue et ses récupérations. Aucun de ses fichiers n'est touché. Le retirer ?",
  "servers.no-inbox": "ne reçoit rien, pas de dossier de réception",
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
  "scan.failed": "lecture impossible {age}",
  "scan.quarantined": "beaucoup de fichiers ont disparu : /servers accept si c'est voulu",
  "finding.tls-verified": "La connexion est chiffrée, avec un certificat qu'une autorité garantit.",
  "finding.tls-pinned": "La connexion est chiffrée, avec le certificat que vous avez accepté.",
  "finding.tls-none": "La connexion n'est pas chiffrée : l'identifiant et les noms circulent en clair.",
  "finding.resume": "Un transfert interrompu peut reprendre où il s'est arrêté.",
  "finding.no-resume": "Un transfert interrompu doit recommencer.",
  "finding.hashes": "Il sait calculer des sommes de contrôle.",
  "finding.no-hashes": "Il ne sait pas calculer de sommes de contrôle ; les tailles sont comparées.",
  "finding.fxp-allowed": "Il échange des fichiers directement avec d'autres serveurs.",
  "finding.fxp-refused": "Il refuse d'échanger des fichiers directement avec d'autres serveurs.",
  "finding.fxp-unknown":
    "La première récupération montrera s'il échange des fichiers directement avec d'autres serveurs.",
  "finding.clear-refused": "Il refuse d'envoyer des contenus sans chiffrement.",
  "finding.inbox-writable": "Les fichiers récupérés peuvent être écrits dans le dossier de réception.",
  "finding.inbox-refused": "Il refuse l'écriture dans le dossier de réception ; aucune récupération n'y est possible.",
  "finding.inbox-none": "Il n'a pas de dossier de réception : on peut y prendre des fichiers, rien n'y est récupéré.",
  "advice.fxp-active": "lui permet d'envoyer et de prendre des fichiers chez l'autre serveur d'un transfert",
  "advice.fxp-passive": "permet à l'autre serveur d'un transfert de s'y connecter",
  "advice.clear-data":
    "laisse les contenus voyager sans chiffrement, ce dont les transferts entre deux serveurs ont besoin pour l'instant",
  "advice.resume": "permet à un transfert interrompu de reprendre où il s'est arrêté",
  "advice.session-reuse": "permet aux connexions de données chiffrées de venir de l'autre serveur",
  "advice.listing-limit": "permet de lire en entier les dossiers qui ont beaucoup de fichiers",

  "risk.fxp-active":
    "une personne identifiée peut faire se connecter le serveur à n'importe quelle adresse (rebond FTP) ; ne donnez des accès qu'à des gens de confiance.",
  "risk.fxp-passive": "qui apprend à temps le port de données peut s'y connecter à la place de l'autre serveur.",
  "risk.clear-data": "les contenus traversent Internet sans chiffrement ; les identifiants restent protégés.",
  "risk.resume": "une personne qui peut écrire peut changer la fin d'un fichier.",
  "risk.session-reuse": "une connexion de données ne prouve plus qu'elle appartient à qui s'est identifié.",
  "risk.listing-limit": "lister un dossier énorme coûte de la mémoire et du temps.",

  // groups
  "group.created":
    "Le groupe {group} existe, et vous en êtes le premier administrateur. /group code invite ; /servers add connecte votre serveur.",
  "group.policy": "Règle",
  "group.policy-fxp": "les contenus peuvent voyager sans chiffrement entre les deux serveurs",
  "group.policy-fxp-tls-only": "les contenus ne voyagent que chiffrés",
  "group.members": "Membres",
  "group.rooms": "Salons",
  "group.room-here": "ce salon",
  "group.admin": "administrateur",
  "group.you": "vous",
  "group.since": "depuis le {date}",
  "group.mine": "Vos groupes",
  "group.code": "Ce code fait entrer une personne dans le groupe, jusqu'à {time}. Elle dira :",
  "group.room-code": "Ce code relie un salon de plus au groupe, jusqu'à {time}. Dites dans ce salon :",
  "group.linked": "Ce salon appartient désormais à {group}.",
  "group.policy-set": "Désormais : {policy}.",
  "group.remove-ask":
    "{name} perd le groupe sur-le-champ, avec ses partages et ses récupérations en cours. Retirer cette personne ?",
  "group.removed": "{name} n'est plus dans le groupe.",
  "group.unbind-ask": "Ce salon est détaché de son groupe ; plus personne ne peut l'utiliser d'ici. Le faire ?",
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
  "item.yours": "vous l'avez",
  "list.end": "C'était la dernière page.",

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
  "pull.files-of": { by: "all", one: "{done} fichier sur {all}", other: "{done} fichiers sur {all}" },
  "pull.speed": "{size}/s",
  "pull.left": "encore {time}",
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
  "transfers.title": "Vos récupérations",
  "transfers.none": "Vous n'avez rien récupéré ces temps-ci. /pull 2 récupère la deuxième ligne d'une liste.",
  "transfers.which":
    "Plusieurs récupérations conviennent : {refs}. Dites laquelle, par exemple : /transfers {verb} {example}",
  "transfers.no-fit": "Aucune de vos récupérations ne s'y prête maintenant. /transfers les liste.",

  // link and privacy
  "link.code": "Dites ceci sur l'autre plateforme, jusqu'à {time}. Vous serez alors une seule personne sur les deux :",
  "link.done": "Les deux plateformes vous connaissent maintenant comme une seule personne.",
  "privacy.what":
    "FonShare garde qui vous êtes sur cette plateforme, vos groupes, vos serveurs avec leur identifiant (scellé, jamais montré), les noms et tailles de ce que vous partagez, et vos récupérations pour peu de temps. Aucun contenu de fichier n'est gardé.",
  "privacy.how": "/privacy export montre tout. /privacy erase efface tout, aussitôt.",
  "privacy.export": "Tout ce qui est gardé de vous, sans les secrets :",
  "privacy.erase-ask":
    "Vous, vos serveurs, partages et récupérations êtes effacés sur-le-champ, et rien ne les ramène. Les fichiers restent sur vos serveurs. Effacer ?",
  "privacy.erased": "Tout est effacé. Si vous écrivez de nouveau, vous commencez comme une personne inconnue.",

  // announcements
  "news.indexed": "{owner} partage {share} : {files} dans {folders}, {size}.",
  "news.added": {
    by: "n",
    one: "{owner} ajoute {n} fichier dans {share}, {size}.",
    other: "{owner} ajoute {n} fichiers dans {share}, {size}.",
  },
  "news.more": { by: "n", one: "et un dossier de plus", other: "et {n} autres dossiers" },
  "news.joined": "{name} a rejoint {group}.",
  "news.connected":
    "Votre serveur {label} est connecté. Partagez-en un dossier avec /share dans le salon de votre groupe.",
  "news.trouble": "Votre serveur {label} a besoin de vous :",
  "news.quarantined":
    "{lost} fichiers sur {had} ont disparu de votre serveur {label}. Rien n'a été retiré du catalogue. S'ils ont vraiment disparu, dites /servers accept {label}",
  "news.and-so-on": "et ainsi de suite",

  // reactions
  "react.nothing": "Il n'y a encore aucun message auquel réagir.",
  "react.gone": "Une réaction à ce message ne récupère rien.",
  "react.unknown": "Seule la réaction « pull » existe ici : /react {id} pull",
  "react.bad-id": "Un message se désigne par son numéro, par exemple : /react {id} pull",

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
    "Réagir à une annonce, ce qui récupère ce qu'elle annonce : /react pull pour la dernière, /react 12 pull pour #12.",
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
    "Le nom de {server} ne mène à aucune adresse pour l'instant. Son propriétaire devrait le vérifier ; un nouvel essai se fera tout seul.",
  "error.server.no-inbox":
    "Aucun de vos serveurs ne peut recevoir. Donnez un dossier de réception avec /servers password, ou connectez un serveur avec /servers add.",
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
  "error.file.gone":
    "Le fichier n'est plus sur l'autre serveur. Cherchez de nouveau ; quelqu'un d'autre l'a peut-être.",
  "error.file.changed":
    "Le fichier vient de changer sur l'autre serveur. Un nouvel essai se fera tout seul après la prochaine lecture.",
  "error.file.unreadable":
    "L'autre serveur ne laisse pas lire ce fichier. Prévenez son propriétaire, ou cherchez un autre exemplaire.",
  "error.inbox.exists":
    "Un autre fichier de ce nom est déjà dans le dossier de réception, et rien n'est écrasé. Déplacez-le, puis réessayez.",
  "error.inbox.no-space": "Le serveur qui reçoit n'a plus de place. Faites-en ; un nouvel essai se fera tout seul.",
  "error.inbox.refused":
    "Le serveur qui reçoit refuse l'écriture dans le dossier de réception. Vérifiez ses droits, puis /servers check.",
  "error.fxp.refused-by-source":
    "Le serveur qui envoie refuse l'échange direct avec un autre serveur. Son propriétaire trouve quoi changer avec /servers check.",
  "error.fxp.refused-by-destination":
    "Le serveur qui reçoit refuse l'échange direct avec un autre serveur. Son propriétaire trouve quoi changer avec /servers check.",
  "error.fxp.no-arrangement":
    "Ces deux serveurs n'ont trouvé aucun moyen de se joindre. Leurs propriétaires trouvent quoi changer avec /servers check.",
  "error.fxp.stalled": "Le transfert n'avançait plus et a été arrêté. Un nouvel essai se fera tout seul.",
  "error.fxp.cut":
    "La connexion entre les deux serveurs s'est rompue. Un nouvel essai se fera tout seul et reprendra où elle s'est arrêtée.",
  "error.fxp.size-differs":
    "Ce qui est arrivé n'a pas la bonne taille et n'a donc pas été gardé. Un nouvel essai se fera tout seul.",
  // what stands in a sentence when the core did not say more
  "default.server": "ce serveur",
  "default.servers": "les vôtres (/servers les liste)",
  "default.filter": "que vous avez écrit",
};
