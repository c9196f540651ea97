// Which keys do what while the list has the focus.
import { IconButton } from '../../parts/IconButton';
import { QuestionIcon } from '../../parts/icons';
import { Popover } from '../../parts/Popover';
import { queue } from '../../strings/queue';
import own from './Queue.module.css';

const say = queue.keys;

interface KeysHintProps {
  isOverdue: boolean;
  maySettle: boolean;
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
}

export function KeysHint({ isOverdue, maySettle, isOpen, onOpenChange }: KeysHintProps) {
  const settling: [string, string][] = isOverdue
    ? [['l', say.looked]]
    : [['a', say.accepted], ['c', say.acted], ['d', say.dismissed]];
  const rows: [string, string][] = [
    ['j k ↓ ↑', say.move],
    ['Enter', say.enter],
    ['o', say.open],
    ...(maySettle ? settling : []),
    ['?', say.keys],
  ];
  return (
    <Popover
      label={say.label}
      trigger={<IconButton label={say.label} icon={<QuestionIcon />} />}
      isOpen={isOpen}
      onOpenChange={onOpenChange}
    >
      <p>{say.intro}</p>
      <dl className={own.keys}>
        {rows.map(([keys, does]) => (
          <div key={keys}>
            <dt>
              {keys.split(' ').map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </Popover>
  );
}
