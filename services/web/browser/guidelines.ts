// Documents that the starter corpus does not hold, written for these tests, and questions that only they answer.

import { pdf } from './support/pdf';

export interface Guideline {
  file: string;
  title: string;
  text: string;
}

interface Parts {
  id: string;
  title: string;
  published?: string;
  body: string;
}

export function guideline({ id, title, published = '2025-03-04', body }: Parts): Guideline {
  const front = [`id = "${id}"`, `title = ${JSON.stringify(title)}`, 'issuer = "Osler Test Library"', 'kind = "guideline"'];
  const text = `+++\n${front.join('\n')}\npublished = "${published}"\njurisdiction = "international"\n+++\n\n# ${title}\n\n${body}`;
  return { file: `${id}.md`, title, text };
}

const difficile = {
  id: 'clostridioides-difficile-adults',
  title: 'Clostridioides difficile infection in adults',
};

interface Treatment {
  dose: string;
  days: number;
}

const treatment = ({ dose, days }: Treatment) => `## Treatment

The first-line treatment of Clostridioides difficile infection in adults is oral fidaxomicin ${dose} for 10 days.

Oral vancomycin 125 mg four times daily for ${days} days is the alternative when fidaxomicin is not available.

Fidaxomicin is not given for infections outside the gut, because it is hardly absorbed.

## Recurrence

A first recurrence of Clostridioides difficile infection is treated with fidaxomicin 200 mg twice daily for 10 days.

Loperamide is avoided in severe Clostridioides difficile infection.
`;

export const DIFFICILE = guideline({ ...difficile, body: treatment({ dose: '200 mg twice daily', days: 10 }) });

/** The same document with another dose: it comes in as a new version. */
export const DIFFICILE_LATER = guideline({
  ...difficile,
  published: '2026-02-03',
  body: `${treatment({ dose: '200 mg twice daily, in severe disease too,', days: 14 })}
## Contact precautions

Hands are washed with soap and water after contact with a patient with Clostridioides difficile infection.
`,
});

export const DIFFICILE_QUESTION = 'What is the dose of oral fidaxomicin?';

export const VERTIGO = guideline({
  id: 'positional-vertigo',
  title: 'Benign paroxysmal positional vertigo',
  body: `## Diagnosis

The Dix–Hallpike test shows benign paroxysmal positional vertigo of the posterior canal.

## Treatment

The Epley manoeuvre treats benign paroxysmal positional vertigo of the posterior canal in adults.

Betahistine is not given for benign paroxysmal positional vertigo.
`,
});

export const SCABIES = guideline({
  id: 'scabies',
  title: 'Scabies in adults',
  body: `## Treatment

Permethrin 5 % cream is left on the whole body for 8 to 12 hours and repeated after 7 days in adults with scabies.
`,
});

const small = (text: string) => ({ text, size: 10 });

/** A paper of two pages, as it is printed. */
export const QUINSY = {
  title: 'Quinsy in adults',
  ...pdf('quinsy.pdf', [
    [
      { text: 'Quinsy in adults', size: 18 },
      { text: 'Diagnosis', size: 13 },
      small('Quinsy shows itself by a sore throat on one side, a muffled voice and a mouth that hardly opens.'),
      small('The uvula is pushed away from the side that is swollen, and an ultrasound shows the abscess.'),
    ],
    [
      { text: 'Treatment', size: 13 },
      small('The abscess is drained by aspiration with a needle, and the pus is sent to be cultured.'),
      small('Benzylpenicillin with metronidazole is given into a vein until the patient is able to swallow.'),
    ],
  ]),
};

/** Long enough that one sees it being taken in. */
export const LONG = guideline({
  id: 'long-guideline',
  title: 'A long guideline on everything',
  body: Array.from(
    { length: 50 },
    (_, at) => `## Chapter ${at + 1}\n\n${`The dose of medicine number ${at + 1} in adults is ${at + 1} mg once daily. `.repeat(12)}\n\n`,
  ).join(''),
});

/** Nearly the text of another: an edition that somebody has called something else. */
export const copyOf = ({ title, text }: Guideline, id: string, change: (text: string) => string): Guideline => ({
  file: `${id}.md`,
  title,
  text: change(text).replace(/^id = .*$/m, `id = "${id}"`),
});

/** Not what its name says it is. */
export const BROKEN = { file: 'scan.pdf', text: 'This is no PDF.' };
