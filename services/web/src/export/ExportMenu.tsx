// The button that takes answers out of these pages: copy, print, Markdown, JSON. References go with every one of them.
import type { Answer } from '../api/types';
import { Button } from '../parts/Button';
import { CopyIcon, ExportIcon, PrintIcon } from '../parts/icons';
import { Menu, MenuItem, MenuLine } from '../parts/Menu';
import { exporting as say } from '../strings/export';
import styles from './ExportMenu.module.css';
import { useExport } from './useExport';

interface ExportMenuProps {
  answers: Answer[];
  title: string;
}

export function ExportMenu({ answers, title }: ExportMenuProps) {
  const { copy, print, saveMarkdown, saveJson, said, sheet } = useExport(answers, title);
  const trigger = (
    <Button look="quiet" size="s" icon={<ExportIcon />} isDisabled={answers.length === 0}>
      {say.menu.label}
    </Button>
  );
  return (
    <span className={styles.menu}>
      <Menu trigger={trigger} label={say.menu.label}>
        <MenuItem icon={<CopyIcon />} onAction={copy}>
          {say.menu.copy}
        </MenuItem>
        <MenuItem icon={<PrintIcon />} onAction={print}>
          {say.menu.print}
        </MenuItem>
        <MenuLine />
        <MenuItem icon={<ExportIcon />} onAction={saveMarkdown}>
          {say.menu.markdown}
        </MenuItem>
        <MenuItem icon={<ExportIcon />} onAction={saveJson}>
          {say.menu.json}
        </MenuItem>
      </Menu>
      <span role="status" className={styles.said}>
        {said}
      </span>
      {sheet}
    </span>
  );
}
