// What a licence allows, in sentences.
import { corpora } from '../../strings/corpora';
import { dateWords } from '../../text/dates';
import type { CorpusHealth } from '../types';

const say = corpora.rights;

export function rightsOf({ corpus: { licence, rights }, is_licence_over }: CorpusHealth): string[] {
  const { expires } = rights;
  return [
    say.licence(licence),
    say.index(rights.index),
    say.quote(rights.quote_words ?? null, rights.display),
    say.display(rights.display),
    say.export(rights.export),
    // That it is over is said loudly, elsewhere.
    ...(is_licence_over ? [] : [expires ? say.until(dateWords(expires)) : say.endless]),
  ];
}
