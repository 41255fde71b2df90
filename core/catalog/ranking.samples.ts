// Tests only: a small written catalog, and what people would expect first when they ask for something in it.

const album = (folder: string, type: string, titles: string) =>
  titles.split(" | ").map((title, i) => `${folder}/${String(i + 1).padStart(2, "0")} - ${title}.${type}`);
const season = (folder: string, stem: string, number: number, titles: string) =>
  titles
    .split(" | ")
    .map((title, i) => `${folder}/${stem}.S0${number}E0${i + 1}.${title.replaceAll(" ", ".")}.1080p.mkv`);
const photos = (folder: string, prefix: string, from: number, count: number) =>
  Array.from({ length: count }, (_, i) => `${folder}/${prefix}${String(from + i).padStart(4, "0")}.jpg`);
const inside = (folder: string, names: string) => names.split(" | ").map((name) => `${folder}/${name}`);

/** Paths inside the share of each person. */
export const catalogs: Record<string, string[]> = {
  Anna: [
    ...album(
      "Music/Claire Diterzi/Tableau de chasse (2008)",
      "flac",
      "Tableau de chasse | La Vieille Chanteuse | A quatre pattes",
    ),
    ...album("Music/Trenet/La Mer (1946)", "flac", "La Mer | Boum | Douce France | Que reste-t-il de nos amours"),
    ...album(
      "Music/The Night Owls/Night Flights (2012)",
      "mp3",
      "Night | Flight of the Owl | Late Night Drive | Morning",
    ),
    ...album("Music/The Night Owls/Silver River (2015)", "mp3", "River | Silver | The River Song | Stone Bridge"),
    ...album("Music/Stone Garden/Winter (2010)", "mp3", "Winter | Snow in April | Night Train | The Long Winter"),
    ...album("Music/Various/Jazz pour la nuit", "ogg", "Nuit blanche | Minuit | La nuit des temps"),
    ...photos("Photos/2019/2019-07 Vacances Bretagne", "IMG_", 120, 12),
    ...photos("Photos/2020/2020-08 Vacances Corse", "IMG_", 900, 10),
    ...photos("Photos/2021/2021-12 Noël à Nîmes", "DSC_", 40, 8),
    ...inside("Photos/Best of", "coucher de soleil Corse.jpg | chat noir.jpg | chat noir dort.jpg | Nîmes arènes.jpg"),
    ...inside(
      "Documents/Factures/2023",
      "2023-01 EDF.pdf | 2023-02 EDF.pdf | 2023-03 Assurance maison.pdf | 2023-04 Garage.pdf",
    ),
    ...inside("Documents/Factures/2024", "2024-01 EDF.pdf | 2024-02 Eau.pdf | 2024-03 Assurance maison.pdf"),
    ...inside(
      "Documents/Recettes",
      "tarte aux pommes.pdf | tarte tatin.pdf | pommes de terre sautées.pdf | soupe à l'oignon.pdf | gâteau.txt",
    ),
    ...inside("Documents", "CV Anna 2024.pdf | CV Anna 2024.odt | lettre de motivation.odt | passeport.pdf"),
  ],
  Ben: [
    ...season(
      "Series/The Lighthouse Keepers/Season 1",
      "The.Lighthouse.Keepers",
      1,
      "Pilot | The Storm | Lost at Sea | The Lamp",
    ),
    ...season("Series/The Lighthouse Keepers/Season 2", "The.Lighthouse.Keepers", 2, "Return | The Storm Again | Fire"),
    ...season("Series/Storm/Season 1", "Storm", 1, "Clouds | Thunder | Rain"),
    ...inside("Films/Storm (2011)", "Storm.2011.1080p.mkv | Storm.2011.1080p.en.srt | Storm.2011.1080p.fr.srt"),
    ...inside(
      "Films/The Perfect Garden (1998)",
      "The.Perfect.Garden.1998.720p.mkv | The.Perfect.Garden.1998.720p.en.srt",
    ),
    ...inside("Films/Garden of Stone (2003)", "Garden.of.Stone.2003.1080p.mkv"),
    ...inside("Films/Metropolis (1927)", "Metropolis.1927.1080p.mkv | Metropolis.1927.1080p.de.srt | poster.jpg"),
    ...inside("Films/Nosferatu (1922)", "Nosferatu.1922.720p.mkv"),
    ...inside(
      "Books/Verne",
      "Jules Verne - Vingt mille lieues sous les mers.epub | Jules Verne - L'Île mystérieuse.epub | Jules Verne - Michel Strogoff.epub",
    ),
    ...inside(
      "Books/Austen",
      "Jane Austen - Emma.epub | Jane Austen - Pride and Prejudice.epub | Jane Austen - Persuasion.epub",
    ),
    ...inside("Books/Goethe", "Goethe - Faust.epub | Goethe - Die Leiden des jungen Werthers.epub"),
    ...inside("Books/Travel", "Iceland guide.pdf | Japan guide 2019.pdf | guide des oiseaux.pdf"),
    ...inside("Music/Schöne Straße", "Straße bei Nacht.mp3 | Mädchen im Wald.mp3 | Grüße aus Köln.mp3"),
    ...inside(
      "Software",
      "debian-12.5.0-amd64-netinst.iso | ubuntu-24.04-desktop-amd64.iso | vlc-3.0.20-win64.exe | gimp-2.10.36.dmg",
    ),
    ...inside("Software/old", "debian-11.0.0-amd64-netinst.iso | vlc-2.2.8.exe"),
    ...inside("Pictures", "cat.jpg | cats.jpg | catalog.pdf | old cat.jpg | black cat white cat.png | dog.png"),
  ],
  Zoé: [
    ...inside("Data/ocean-temperature/v1", "sample_0001_raw.csv.gz | sample_0002_raw.csv.gz | README.md | labels.json"),
    ...inside(
      "Data/ocean-temperature/v2",
      "sample_0001_clean.parquet | sample_0002_clean.parquet | temperature_map.png",
    ),
    ...inside(
      "Data/bird-songs",
      "metadata.csv | blackbird_001.wav | blackbird_002.wav | nightingale_001.wav | robin_001.wav",
    ),
    ...inside(
      "Papers",
      "Attention is all you need (2017).pdf | Deep residual learning (2015).pdf | Bird song recognition survey (2020).pdf | Ocean heat content 2019.pdf",
    ),
    ...inside(
      "Papers/drafts",
      "ocean paper v1.docx | ocean paper v2.docx | ocean paper final.docx | ocean paper final.pdf",
    ),
    ...inside("Thèse", "chapitre 1.tex | chapitre 2.tex | these.pdf | soutenance.pptx | bibliographie.bib"),
    ...inside("Música", "Canción del mar.mp3 | Corazón.mp3 | Mañana en la montaña.mp3 | El niño y el río.mp3"),
    ...inside("Polskie", "Łódź nocą.jpg | Księżyc nad rzeką.jpg | źródło.txt"),
    ...inside("Backup/laptop-2022", "home.tar.gz | mail.tar.gz | photos.zip | settings.zip"),
    ...inside("Backup/phone", "DCIM.zip | contacts.vcf | WhatsApp 2023.zip"),
    ...photos("Fotos/Hochzeit 2018", "P10", 100, 9),
    ...inside("Fotos", "Hochzeit Gruppenbild.jpg | Hochzeitstorte.jpg"),
  ],
};

/** What is typed, and how the names of the first lines begin, in order. */
export const expectations: readonly (readonly [string, ...string[]])[] = [
  // The exact title before titles that have more to them.
  ["la mer", "La Mer (1946)|01 - La Mer.flac"],
  ["night", "01 - Night.mp3"],
  ["winter", "01 - Winter.mp3|Winter (2010)", "01 - Winter.mp3|Winter (2010)"],
  ["river", "01 - River.mp3"],
  ["storm", "Storm", "Storm"],
  ["cat", "cat.jpg"],
  ["cats", "cats.jpg"],
  ["corazon", "Corazón.mp3"],
  ["emma", "Jane Austen - Emma.epub"],
  ["faust", "Goethe - Faust.epub"],
  // All words in the thing's own name before those in folders.
  ["river song", "03 - The River Song.mp3"],
  ["night train", "03 - Night Train.mp3"],
  ["long winter", "04 - The Long Winter.mp3"],
  ["chat noir", "chat noir.jpg", "chat noir dort.jpg"],
  ["old cat", "old cat.jpg"],
  ["black cat", "black cat white cat.png"],
  ["white cat", "black cat white cat.png"],
  // Folders by their names, before what is in them.
  ["silver river", "Silver River (2015)"],
  ["vacances", "2019-07 Vacances|2020-08 Vacances", "2019-07 Vacances|2020-08 Vacances"],
  ["vacances corse", "2020-08 Vacances Corse"],
  ["vacances 2019", "2019-07 Vacances Bretagne"],
  ["noel nimes", "2021-12 Noël à Nîmes"],
  ["night owls", "The Night Owls"],
  ["lighthouse keepers", "The Lighthouse Keepers"],
  ["hochzeit", "Hochzeit 2018|Hochzeit Gruppenbild.jpg"],
  ["factures", "Factures"],
  ["metropolis", "Metropolis (1927)|Metropolis.1927.1080p.mkv"],
  ["perfect garden", "The Perfect Garden (1998)|The.Perfect.Garden.1998.720p.mkv"],
  ["garden of stone", "Garden of Stone (2003)|Garden.of.Stone.2003.1080p.mkv"],
  ["stone garden", "Stone Garden"],
  ["ocean temperature", "ocean-temperature"],
  ["bird songs", "bird-songs"],
  // A folder's word together with one of the name.
  ["trenet boum", "02 - Boum.flac"],
  ["owls morning", "04 - Morning.mp3"],
  ["edf 2023", "2023-01 EDF.pdf|2023-02 EDF.pdf", "2023-01 EDF.pdf|2023-02 EDF.pdf"],
  ["assurance 2024", "2024-03 Assurance maison.pdf"],
  ["assurance maison", "2023-03 Assurance maison.pdf|2024-03 Assurance maison.pdf"],
  ["keepers s02e03", "The.Lighthouse.Keepers.S02E03"],
  ["lighthouse pilot", "The.Lighthouse.Keepers.S01E01"],
  ["storm s01e02", "Storm.S01E02.Thunder"],
  ["storm 2011", "Storm (2011)|Storm.2011.1080p.mkv"],
  ["storm kind:video", "Storm.2011.1080p.mkv"],
  // Order and neighbours.
  ["tarte pommes", "tarte aux pommes.pdf"],
  ["pommes de terre", "pommes de terre sautées.pdf"],
  ["tarte tatin", "tarte tatin.pdf"],
  ['"the storm"', "The.Lighthouse.Keepers.S01E02|The.Lighthouse.Keepers.S02E02"],
  ["ocean paper final", "ocean paper final.", "ocean paper final."],
  ["ocean paper -final", "ocean paper v", "ocean paper v"],
  // Accents, case, other alphabets, joined words.
  ["NIMES arenes", "Nîmes arènes.jpg"],
  ["strasse nacht", "Straße bei Nacht.mp3"],
  ["lodz", "Łódź nocą.jpg"],
  ["ile mysterieuse", "Jules Verne - L'Île mystérieuse.epub"],
  ["manana montana", "Mañana en la montaña.mp3"],
  // Unfinished and mistyped.
  ["hochzeitst", "Hochzeitstorte.jpg"],
  ["prid prej", "Jane Austen - Pride and Prejudice.epub"],
  ["nosferatoo", "Nosferatu"],
  ["nightingle", "nightingale_001.wav"],
  // What a thing is, and versions.
  ["debian", "debian-1"],
  ["debian 12", "debian-12.5.0-amd64-netinst.iso"],
  ["cv anna kind:document", "CV Anna 2024.", "CV Anna 2024."],
];
