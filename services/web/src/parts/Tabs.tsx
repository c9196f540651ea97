// Several views of one thing, of which one is open. Arrows move between them, Enter opens.
import type { ReactNode } from 'react';
import { Tab, TabList, TabPanel, Tabs as AriaTabs } from 'react-aria-components';
import styles from './Tabs.module.css';

export interface TabOf<T extends string> {
  id: T;
  label: string;
  /** How much waits there; none is not shown. */
  waiting?: number;
}

interface TabsProps<T extends string> {
  label: string;
  tabs: readonly TabOf<T>[];
  open: T;
  onOpen: (id: T) => void;
  /** The view that is open. */
  children: ReactNode;
}

export function Tabs<T extends string>({ label, tabs, open, onOpen, children }: TabsProps<T>) {
  return (
    // A view is fetched when it is opened: moving over its name is not enough.
    <AriaTabs selectedKey={open} onSelectionChange={(id) => onOpen(id as T)} keyboardActivation="manual">
      <TabList aria-label={label} className={styles.list ?? ''}>
        {tabs.map(({ id, label: name, waiting = 0 }) => (
          <Tab key={id} id={id} className={styles.tab ?? ''}>
            {name}
            {waiting > 0 && <span className={styles.waiting}>{waiting}</span>}
          </Tab>
        ))}
      </TabList>
      <TabPanel id={open} className={styles.panel ?? ''}>
        {children}
      </TabPanel>
    </AriaTabs>
  );
}
