// The header: who we are, a new question, what this is, and the theme.
import { Link, useNavigate } from '@tanstack/react-router';
import { NEW } from '../conversation/desk';
import { Button } from '../parts/Button';
import { HistoryIcon, MoonIcon, PlusIcon, ScreenIcon, SunIcon } from '../parts/icons';
import { IconButton } from '../parts/IconButton';
import { Menu, MenuItem } from '../parts/Menu';
import { AccountMenu } from '../session/AccountMenu';
import type { Here } from '../session/useSession';
import { shell as words } from '../strings';
import styles from './Header.module.css';
import { useServices } from './services';
import { type Theme, useTheme } from './theme';

interface HeaderProps {
  here: Here;
  isHistoryOpen: boolean;
  onHistory: () => void;
}

const icons = { system: ScreenIcon, light: SunIcon, dark: MoonIcon };
const themes: readonly Theme[] = ['system', 'light', 'dark'];

export function Header({ here, isHistoryOpen, onHistory }: HeaderProps) {
  const { desk } = useServices();
  const navigate = useNavigate();
  const [theme, setTheme] = useTheme();
  const ThemeIcon = icons[theme];
  const isShut = here.standing === 'shut';
  const mayAsk = here.mayAsk && !isShut;
  const hasMore = here.mayKeep || here.mayRun;

  return (
    <header className={`${styles.header} ${hasMore ? styles.crowded : ''}`} data-no-print>
      {mayAsk && (
        <IconButton
          label={isHistoryOpen ? words.hideHistory : words.openHistory}
          icon={<HistoryIcon />}
          aria-expanded={isHistoryOpen}
          onPress={onHistory}
        />
      )}
      <Link to="/" className={`${styles.wordmark} ${mayAsk ? '' : styles.alone}`}>
        {words.name}
      </Link>
      <span className={styles.gap} />
      {mayAsk && (
        <Button
          look="quiet"
          size="s"
          icon={<PlusIcon size={16} />}
          onPress={() => {
            desk.clear(NEW);
            void navigate({ to: '/' });
          }}
        >
          <span className={hasMore ? styles.folds : ''}>{words.newQuestion}</span>
        </Button>
      )}
      {here.mayKeep && !isShut && (
        <Link to="/library" className={styles.link}>
          {words.library}
        </Link>
      )}
      {here.mayAudit && !isShut && (
        <Link to="/audit" className={styles.link}>
          {words.audit}
        </Link>
      )}
      {here.mayRun && !isShut && (
        <Link to="/accounts" className={styles.link}>
          {words.accounts}
        </Link>
      )}
      {!isShut && (
        <Link to="/about" className={styles.link}>
          {words.about}
        </Link>
      )}
      {here.session && <AccountMenu session={here.session} />}
      <Menu label={words.theme} trigger={<IconButton label={words.theme} icon={<ThemeIcon />} />}>
        {themes.map((one) => {
          const Icon = icons[one];
          return (
            <MenuItem
              key={one}
              icon={<Icon />}
              onAction={() => {
                setTheme(one);
              }}
            >
              {words.themes[one]}
            </MenuItem>
          );
        })}
      </Menu>
    </header>
  );
}
