// A realistic catalog that is the same each time: music, films, series, photos, books, papers, data sets and backups in
// several languages, with accents, years and numbers; folders deep and wide, few words common and most of them rare.
// It makes names and figures only; who loads them where is not its business.

export interface MadeFolder {
  /** Inside the share; "" is the share itself. */
  path: string;
  files: MadeFile[];
}

export interface MadeFile {
  name: string;
  sizeBytes: number;
  modifiedAt: Date;
}

/** From 0 up to, but not including, 1. */
export type Random = () => number;

/** Mulberry32: small, well distributed, the same sequence for the same seed on every machine. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * The folders of one server, until it has `files` files.
 * @param tongue which people live there: their words come first
 */
export function* makeServer(seed: number, files: number): Generator<MadeFolder> {
  const random = createRandom(seed);
  const teller = createTeller(random);
  let left = files;
  while (left > 0) {
    const maker = pick(random, makers);
    for (const folder of maker(teller)) {
      const kept = folder.files.slice(0, left);
      left -= kept.length;
      yield { ...folder, files: kept };
      if (left <= 0) return;
    }
  }
}

const common = {
  en: "the of and in to day night love world time life dark light city river summer winter house road dream fire water moon star king last first lost great little black white red blue green golden silent secret story song dance heart home garden ocean mountain shadow return journey letters stranger winter island bridge".split(
    " ",
  ),
  fr: "le la les de des et un une à été nuit jour amour vie monde ville rivière forêt château île mémoire garçon fille maison chanson cœur rêve première dernier lumière noël vacances français école théâtre père mère frère sœur hiver déjà voilà".split(
    " ",
  ),
  de: "der die das und ein eine für über schön straße größe mädchen könig wälder träume gestern morgen liebe leben welt nacht tag stadt fluss haus garten jäger brücke schlüssel grün weiß müde".split(
    " ",
  ),
  es: "el la los las de y un una corazón canción año niño mañana noche día vida mundo ciudad río montaña sueño camino último primera fuego agua luna sol señor compañía".split(
    " ",
  ),
  pl: "łódź miłość noc dzień życie świat miasto rzeka dom ogród ostatni pierwszy księżyc gwiazda król źródło cień".split(
    " ",
  ),
};
const tongues = Object.values(common);
const syllables =
  "ba be bi bo bra bre ca ce chi co cra da de di do dra el en er fa fi flo fra ga ge gra ha he hol in ka ke ki kor la le li lo lu ma me mi mon mor na ne ni nor o pa pe pi por ra re ri ro ru sa se shi so sta ta te ti tor tra u va ve vi vol wa we wi za zo né lé ré ño ür øs".split(
    " ",
  );

interface Teller {
  random: Random;
  number(least: number, most: number): number;
  word(): string;
  title(least: number, most: number): string;
  name(): string;
  size(least: number, most: number): number;
  date(): Date;
}

function pick<T>(random: Random, list: readonly T[]): T {
  return list[Math.floor(random() * list.length)] as T;
}

/** Words of rank r come about 1/r as often as the first: a few everywhere, most of them hardly anywhere. */
function createTeller(random: Random): Teller {
  const number = (least: number, most: number) => least + Math.floor(random() * (most - least + 1));
  const own = pick(random, tongues);
  const rare = () => {
    // The same number is the same word on every server.
    const rank = Math.floor(Math.exp(random() * Math.log(150_000)));
    return spell(rank);
  };
  const word = () => {
    const chance = random();
    if (chance < 0.4) return pick(random, own);
    if (chance < 0.55) return pick(random, common.en);
    return rare();
  };
  const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
  const title = (least: number, most: number) =>
    Array.from({ length: number(least, most) }, () => capital(word())).join(" ");
  return {
    random,
    number,
    word,
    title,
    name: () => `${capital(spell(number(1, 400)))} ${capital(rare())}`,
    size: (least, most) => Math.floor(least * (most / least) ** random()),
    date: () =>
      new Date(
        Date.UTC(2004 + number(0, 21), number(0, 11), number(1, 28), number(0, 23), number(0, 59), number(0, 59)),
      ),
  };
}

function spell(rank: number): string {
  const random = createRandom(rank * 7919);
  return Array.from({ length: 2 + Math.floor(random() * 3) }, () => pick(random, syllables)).join("");
}

const two = (n: number) => String(n).padStart(2, "0");
const four = (n: number) => String(n).padStart(4, "0");
const kib = 1024;
const mib = 1024 * kib;

type Maker = (teller: Teller) => Generator<MadeFolder>;

function* music(t: Teller): Generator<MadeFolder> {
  const artist = t.name();
  const type = pick(t.random, ["mp3", "flac", "ogg", "m4a"]);
  for (let album = t.number(1, 6); album > 0; album--) {
    const modifiedAt = t.date();
    const path = `Music/${artist}/${t.title(1, 4)} (${modifiedAt.getUTCFullYear()})`;
    const files = Array.from({ length: t.number(8, 18) }, (_, i) => ({
      name: `${two(i + 1)} - ${t.title(1, 5)}.${type}`,
      sizeBytes: t.size(3 * mib, 40 * mib),
      modifiedAt,
    }));
    yield { path, files: [...files, { name: "cover.jpg", sizeBytes: t.size(20 * kib, mib), modifiedAt }] };
  }
}

function* series(t: Teller): Generator<MadeFolder> {
  const show = t.title(1, 4);
  const dotted = show.replaceAll(" ", ".");
  const seasons = t.number(1, 6);
  for (let season = 1; season <= seasons; season++) {
    const modifiedAt = t.date();
    const files = Array.from({ length: t.number(6, 24) }, (_, i) => ({
      name: `${dotted}.S${two(season)}E${two(i + 1)}.${t.title(1, 4).replaceAll(" ", ".")}.1080p.mkv`,
      sizeBytes: t.size(200 * mib, 3000 * mib),
      modifiedAt,
    }));
    yield { path: `Series/${show}/Season ${two(season)}`, files };
  }
}

function* film(t: Teller): Generator<MadeFolder> {
  const modifiedAt = t.date();
  const year = 1930 + t.number(0, 95);
  const title = t.title(1, 5);
  const stem = `${title.replaceAll(" ", ".")}.${year}.${pick(t.random, ["720p", "1080p", "2160p"])}`;
  const one = (ending: string, least: number, most: number) => ({
    name: stem + ending,
    sizeBytes: t.size(least, most),
    modifiedAt,
  });
  yield {
    path: `Films/${pick(t.random, ["", "Documentaries/", "Kinder/", "Cinéma français/"])}${title} (${year})`,
    files: [
      one(".mkv", 700 * mib, 9000 * mib),
      one(".en.srt", 30 * kib, 200 * kib),
      one(".fr.srt", 30 * kib, 200 * kib),
    ],
  };
}

function* photos(t: Teller): Generator<MadeFolder> {
  const modifiedAt = t.date();
  const [year, month] = [modifiedAt.getUTCFullYear(), modifiedAt.getUTCMonth() + 1];
  const start = t.number(1, 9000);
  const [prefix, ending] = pick(t.random, [
    ["IMG_", "jpg"],
    ["DSC_", "NEF"],
    ["PXL_2021", "jpg"],
    ["P10", "JPG"],
  ] as const);
  const files = Array.from({ length: t.number(20, 180) }, (_, i) => ({
    name: `${prefix}${four((start + i) % 10_000)}.${ending}`,
    sizeBytes: t.size(mib, 30 * mib),
    modifiedAt: new Date(modifiedAt.getTime() + i * 97_000),
  }));
  yield {
    path: `${pick(t.random, ["Photos", "Bilder", "Fotos"])}/${year}/${year}-${two(month)} ${t.title(1, 4)}`,
    files,
  };
}

function* books(t: Teller): Generator<MadeFolder> {
  const author = t.name();
  const files = Array.from({ length: t.number(2, 12) }, () => ({
    name: `${author} - ${t.title(2, 6)} (${1850 + t.number(0, 175)}).${pick(t.random, ["epub", "pdf", "mobi"])}`,
    sizeBytes: t.size(200 * kib, 60 * mib),
    modifiedAt: t.date(),
  }));
  yield { path: `Books/${author.charAt(0)}/${author}`, files };
}

function* papers(t: Teller): Generator<MadeFolder> {
  const kind = pick(t.random, ["Factures", "Rechnungen", "Invoices", "Contrats", "Letters", "Scans"]);
  const modifiedAt = t.date();
  const files = Array.from({ length: t.number(4, 30) }, (_, i) => ({
    name: `${modifiedAt.getUTCFullYear()}-${two(1 + (i % 12))} ${t.title(1, 3)}.${pick(t.random, ["pdf", "docx", "odt", "xlsx"])}`,
    sizeBytes: t.size(10 * kib, 5 * mib),
    modifiedAt,
  }));
  yield { path: `Documents/${kind}/${modifiedAt.getUTCFullYear()}`, files };
}

function* dataSet(t: Teller): Generator<MadeFolder> {
  const project = `${t.word()}-${t.word()}`;
  const runs = t.number(1, 4);
  for (let run = 1; run <= runs; run++) {
    const modifiedAt = t.date();
    const files = Array.from({ length: t.number(10, 60) }, (_, i) => ({
      name: `sample_${four(i)}_${pick(t.random, ["raw", "clean", "labels"])}.${pick(t.random, ["csv.gz", "parquet", "h5", "json"])}`,
      sizeBytes: t.size(kib, 800 * mib),
      modifiedAt,
    }));
    yield { path: `Data/${project}/v${t.number(1, 4)}/run-${String(run).padStart(3, "0")}`, files };
  }
}

function* backup(t: Teller): Generator<MadeFolder> {
  const machine = t.word();
  const depth = t.number(1, 5);
  const path = ["Backup", machine, ...Array.from({ length: depth }, () => t.word())].join("/");
  const files = Array.from({ length: t.number(1, 60) }, () => ({
    name: `${t.word()}${pick(t.random, ["", "_v2", "-final", " (1)", " copie"])}.${pick(t.random, ["zip", "tar.gz", "iso", "txt", "html", "psd", "svg"])}`,
    sizeBytes: t.size(100, 500 * mib),
    modifiedAt: t.date(),
  }));
  yield { path, files: [...new Map(files.map((file) => [file.name, file])).values()] };
}

/** As often as they stand here. */
const makers: readonly Maker[] = [
  music,
  music,
  music,
  music,
  series,
  series,
  film,
  film,
  photos,
  books,
  papers,
  dataSet,
  backup,
  backup,
];
