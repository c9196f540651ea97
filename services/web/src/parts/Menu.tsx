// A button that opens a list of actions.
import type { ReactNode } from 'react';
import {
  Menu as AriaMenu, MenuItem as AriaMenuItem, type MenuItemProps, MenuTrigger, Popover, type PopoverProps, Separator,
} from 'react-aria-components';
import popover from './Popover.module.css';
import styles from './Menu.module.css';

interface MenuProps {
  /** A Button or IconButton. */
  trigger: ReactNode;
  label: string;
  /** MenuItems and MenuLines. */
  children: ReactNode;
  placement?: NonNullable<PopoverProps['placement']>;
}

export function Menu({ trigger, label, children, placement = 'bottom end' }: MenuProps) {
  return (
    <MenuTrigger>
      {trigger}
      <Popover className={popover.popover ?? ''} placement={placement} offset={4}>
        <AriaMenu aria-label={label} className={styles.menu ?? ''}>
          {children}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}

interface ItemProps extends Omit<MenuItemProps, 'children' | 'className' | 'style' | 'textValue'> {
  children: string;
  icon?: ReactNode;
  isDanger?: boolean;
}

export function MenuItem({ children, icon, isDanger = false, ...rest }: ItemProps) {
  return (
    <AriaMenuItem {...rest} textValue={children} className={`${styles.item} ${isDanger ? styles.danger : ''}`}>
      {icon}
      <span>{children}</span>
    </AriaMenuItem>
  );
}

/** A line between two groups of actions. */
export function MenuLine() {
  return <Separator className={styles.line ?? ''} />;
}
