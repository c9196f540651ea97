// Where files are dropped or chosen, and the list of those that were.
import { useRef } from 'react';
import { DropZone, FileTrigger, Text } from 'react-aria-components';
import { Button } from '../../parts/Button';
import { IconButton } from '../../parts/IconButton';
import { CloseIcon } from '../../parts/icons';
import { LongList } from '../../parts/LongList';
import { ingest as say } from '../../strings/ingest';
import { visibleName } from '../../text/names';
import styles from '../Desk.module.css';
import { sizeWords } from '../document/size';
import { FileName } from '../FileName';
import { useSaid } from '../useSaid';
import { bytesOf, type Chosen, filesIn, withMore } from './files';
import own from './Ingest.module.css';

interface FileChooserProps {
  chosen: readonly Chosen[];
  onChange: (chosen: Chosen[]) => void;
  /** While they are being sent. */
  isShut: boolean;
  error: string | null;
}

const keyOf = ({ key }: Chosen) => String(key);
const nameOf = ({ file }: Chosen) => visibleName(file.name);

export function FileChooser({ chosen, onChange, isShut, error }: FileChooserProps) {
  const [said, setSaid] = useSaid();
  const place = useRef<HTMLDivElement>(null);

  const add = (files: readonly File[]) => {
    if (isShut) return;
    const all = withMore(chosen, files);
    const more = all.length - chosen.length;
    setSaid(more === 0 ? say.nothingAdded : say.added(more, all.length));
    if (more > 0) onChange(all);
  };
  const take = (keys: readonly number[], words: string) => {
    onChange(chosen.filter(({ key }) => !keys.includes(key)));
    setSaid(words);
    // The button that had the focus is gone with its row.
    place.current?.focus();
  };

  return (
    <div ref={place} tabIndex={-1} className={own.chooser} role="group" aria-label={say.choose}>
      <DropZone
        className={own.zone ?? ''}
        isDisabled={isShut}
        getDropOperation={() => 'copy'}
        onDrop={({ items }) => void filesIn(items).then(add, () => setSaid(say.unreadable))}
      >
        <Text slot="label">{say.drop}</Text>
        <FileTrigger allowsMultiple onSelect={(files) => add([...(files ?? [])])}>
          <Button size="s" isDisabled={isShut}>
            {say.choose}
          </Button>
        </FileTrigger>
      </DropZone>
      <p className={styles.note}>{say.formats}</p>
      <p role="status" className={styles.said}>
        {said}
      </p>
      {chosen.length > 0 && (
        <>
          <p className={own.total}>
            <span>{say.chosen(chosen.length, sizeWords(bytesOf(chosen)))}</span>
            <Button
              size="s"
              look="quiet"
              isDisabled={isShut}
              onPress={() => take(chosen.map(({ key }) => key), say.removedAll)}
            >
              {say.removeAll}
            </Button>
          </p>
          <LongList label={say.list} items={chosen} keyOf={keyOf} textOf={nameOf}>
            {({ key, file }) => (
              <span className={own.file}>
                <span className={own.name}>
                  <FileName name={file.name} />
                  <span className={own.size}>{sizeWords(file.size)}</span>
                </span>
                <IconButton
                  label={say.removeFile(visibleName(file.name))}
                  icon={<CloseIcon />}
                  isDisabled={isShut}
                  onPress={() => take([key], say.removed(visibleName(file.name)))}
                />
              </span>
            )}
          </LongList>
        </>
      )}
      {/* Always there, so that what appears in it is read aloud. */}
      <p role="alert" className={own.fault}>
        {error}
      </p>
    </div>
  );
}
