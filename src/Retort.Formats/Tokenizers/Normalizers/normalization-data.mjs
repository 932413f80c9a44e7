#!/usr/bin/env node
// Writes normalization.txt, the part of the Unicode character database that normalisation needs, from the tables that Node.js
// was built with: node normalization-data.mjs > normalization.txt
// Lines: FIRST[-LAST]#CLASS canonical combining class · CODE=FULL canonical decomposition · CODE!FULL the same, never composed
// again · CODE~FULL compatibility decomposition. All numbers but CLASS are hexadecimal.

// One mark of every combining class (UnicodeData.txt, field 3); all others are found by how they change places with these.
const marks = [[0x334, 1], [0x16ff0, 6], [0x93c, 7], [0x3099, 8], [0x94d, 9], [0x5b0, 10], [0x5b1, 11], [0x5b2, 12], [0x5b3, 13],
  [0x5b4, 14], [0x5b5, 15], [0x5b6, 16], [0x5b7, 17], [0x5b8, 18], [0x5b9, 19], [0x5bb, 20], [0x5bc, 21], [0x5bd, 22], [0x5bf, 23],
  [0x5c1, 24], [0x5c2, 25], [0xfb1e, 26], [0x64b, 27], [0x64c, 28], [0x64d, 29], [0x618, 30], [0x619, 31], [0x61a, 32], [0x651, 33],
  [0x652, 34], [0x670, 35], [0x711, 36], [0xc55, 84], [0xc56, 91], [0xe38, 103], [0xe48, 107], [0xeb8, 118], [0xec8, 122],
  [0xf71, 129], [0xf72, 130], [0xf74, 132], [0x321, 202], [0x1dce, 214], [0x31b, 216], [0x1dfa, 218], [0x316, 220], [0x59a, 222],
  [0x302e, 224], [0x1d16d, 226], [0x5ae, 228], [0x300, 230], [0x315, 232], [0x35c, 233], [0x35d, 234], [0x345, 240]]
  .map(([code, rank]) => [String.fromCodePoint(code), rank]);

const hex = text => [...text].map(letter => letter.codePointAt(0).toString(16).toUpperCase()).join(' ');
const swaps = (first, second) => first !== second && (first + second).normalize('NFD') === second + first;

function combiningClass(letter) {
  const known = marks.find(([mark]) => mark === letter);
  if (known) return known[1];
  const [last] = marks[marks.length - 1];
  if (!swaps(last, letter) && !swaps(letter, marks[0][0])) return 0;
  return marks.find(([mark]) => !swaps(letter, mark))[1];
}

const lines = [`; Unicode ${process.versions.unicode}, by normalization-data.mjs`];
let run = null;
const close = () => run && lines.push(`${run.first.toString(16).toUpperCase()}${run.last > run.first
  ? '-' + run.last.toString(16).toUpperCase() : ''}#${run.rank}`);
for (let code = 0; code < 0x110000; code++) {
  const letter = String.fromCodePoint(code);
  if (!/\p{M}/u.test(letter) || letter.normalize('NFD') !== letter) continue;
  const rank = combiningClass(letter);
  if (rank === 0) continue;
  if (run && run.rank === rank && run.last === code - 1) run.last = code;
  else { close(); run = { first: code, last: code, rank }; }
}
close();
for (let code = 0; code < 0x110000; code++) {
  if (code >= 0xd800 && code < 0xe000 || code >= 0xac00 && code < 0xd7a4) continue; // surrogates; Hangul is arithmetic
  const letter = String.fromCodePoint(code), canonical = letter.normalize('NFD'), full = letter.normalize('NFKD');
  if (canonical !== letter) lines.push(`${hex(letter)}${canonical.normalize('NFC') === letter ? '=' : '!'}${hex(canonical)}`);
  if (full !== canonical) lines.push(`${hex(letter)}~${hex(full)}`);
}
console.log(lines.join('\n'));
