// The button that says how much narrows the search, and opens what does: beside it, or over the page where there is no room.
import { useState } from 'react';
import { Button } from '../parts/Button';
import { Dialog } from '../parts/Dialog';
import { FilterIcon } from '../parts/icons';
import { Popover } from '../parts/Popover';
import { useBench } from '../shell/services';
import { useMedia } from '../shell/useMedia';
import { ask } from '../strings';
import { FilterPanel } from './FilterPanel';
import { countOf } from './filters';

const words = ask.filters;

export function FilterButton() {
  const { filters } = useBench();
  const [isOpen, setOpen] = useState(false);
  const hasRoom = useMedia('(min-width: 40rem)');
  const count = countOf(filters);
  const label = count === 0 ? words.button : words.some(count);
  const look = { look: 'quiet', size: 's', icon: <FilterIcon size={16} /> } as const;

  if (hasRoom) {
    return (
      <Popover
        label={words.title}
        placement="top start"
        trigger={<Button {...look}>{label}</Button>}
        isOpen={isOpen}
        onOpenChange={setOpen}
      >
        <FilterPanel />
      </Popover>
    );
  }
  return (
    <>
      <Button {...look} aria-haspopup="dialog" onPress={() => setOpen(true)}>
        {label}
      </Button>
      <Dialog
        title={words.title}
        isOpen={isOpen}
        onOpenChange={setOpen}
        foot={
          <Button look="primary" onPress={() => setOpen(false)}>
            {words.done}
          </Button>
        }
      >
        <FilterPanel />
      </Dialog>
    </>
  );
}
