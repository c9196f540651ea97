// Titles of the corpora, for lists that name them by id.
import { useQuery } from '@tanstack/react-query';
import { libraryCorporaQuery } from './queries';

/** The id itself where the title is not known. */
export function useCorpusTitles(): (id: string) => string {
  const { data } = useQuery(libraryCorporaQuery);
  return (id) => data?.corpora.find(({ corpus }) => corpus.id === id)?.corpus.title ?? id;
}
