// What is searched: corpora and kinds of literature. Works without the list of corpora, which older servers do not have.
import { useQuery } from '@tanstack/react-query';
import { corporaQuery } from '../api/keys';
import { Refused } from '../api/problem';
import type { Kind } from '../api/types';
import { Button } from '../parts/Button';
import { Checks } from '../parts/Checks';
import { FilterIcon } from '../parts/icons';
import { Popover } from '../parts/Popover';
import { everything, useBench } from '../shell/services';
import { ask, literature } from '../strings';
import styles from './FilterButton.module.css';

const words = ask.filters;
const kinds = (Object.keys(literature.kinds) as Kind[]).map((value) => ({ value, label: literature.kinds[value] }));

export function FilterButton() {
  const { filters, setFilters } = useBench();
  const corpora = useQuery(corporaQuery);
  const chosenCorpora = filters.corpora ?? [];
  const chosenKinds = filters.kinds ?? [];
  const count = chosenCorpora.length + chosenKinds.length;
  const isMissing = corpora.error instanceof Refused && corpora.error.isMissingEndpoint;

  return (
    <Popover
      label={words.title}
      placement="top start"
      trigger={
        <Button look="quiet" size="s" icon={<FilterIcon size={16} />}>
          {count === 0 ? words.button : words.some(count)}
        </Button>
      }
    >
      <div className={styles.panel}>
        {corpora.data && corpora.data.length > 0 && (
          <Checks
            label={words.corpora}
            value={chosenCorpora}
            options={corpora.data.map((one) => ({
              value: one.id,
              label: one.title,
              note: `${one.issuer} · ${words.count(one.documents)}`,
            }))}
            onChange={(corporaChosen) => {
              setFilters({ ...filters, corpora: corporaChosen });
            }}
          />
        )}
        {corpora.error && <p className={styles.note}>{isMissing ? words.noCorpora : words.failed}</p>}
        <Checks
          label={words.kinds}
          value={chosenKinds}
          options={kinds}
          onChange={(kindsChosen) => {
            setFilters({ ...filters, kinds: kindsChosen });
          }}
        />
        <p className={styles.note}>{words.note}</p>
        {count > 0 && (
          <Button
            size="s"
            onPress={() => {
              setFilters(everything);
            }}
          >
            {words.clear}
          </Button>
        )}
      </div>
    </Popover>
  );
}
