// The icons: strokes of 1.5 on a grid of 24. They never carry meaning alone, so they are hidden from screen readers.
interface IconProps {
  size?: number;
}

function icon(path: string) {
  return function Icon({ size = 18 }: IconProps) {
    return (
      <svg
        width={size}
        height={size}
        viewBox="0 0 24 24"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden="true"
        focusable="false"
      >
        <path d={path} />
      </svg>
    );
  };
}

export const AccountIcon = icon(
  'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17ZM12 12.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM6.5 18.3c1-2.4 3-3.6 5.5-3.6s4.5 1.2 5.5 3.6',
);
export const AlertIcon = icon('M12 4 21.5 20h-19ZM12 10v4.5M12 17.2v.1');
export const ArrowIcon = icon('M12 19V5M6 11l6-6 6 6');
export const BookIcon = icon(
  'M12 6.5C9.5 4.8 6.5 4.5 3.5 5v14c3-.5 6-.2 8.5 1.5 2.5-1.7 5.5-2 8.5-1.5V5c-3-.5-6-.2-8.5 1.5ZM12 6.5v14',
);
export const CheckIcon = icon('M5 12.5l4.5 4.5L19 7.5');
export const ChevronIcon = icon('M9 6l6 6-6 6');
export const CloseIcon = icon('M6 6l12 12M18 6 6 18');
export const CopyIcon = icon('M9 9h11v11H9ZM15 9V4H4v11h5');
export const CrossIcon = icon('M7 7l10 10M17 7 7 17');
export const EditIcon = icon('M4 20l1-4.5L16.5 4 20 7.5 8.5 19ZM14 6.5l3.5 3.5');
export const ExportIcon = icon('M12 15V4M8 7.5 12 3.5l4 4M5 13v7h14v-7');
export const FilterIcon = icon('M4 6h16M7 12h10M10 18h4');
export const FlagIcon = icon('M6 21V4M6 5c4-2 8 2 12 0v8c-4 2-8-2-12 0');
export const HistoryIcon = icon('M4 12a8 8 0 1 0 2.5-5.8M4 4v4h4M12 8v4.5l3 2');
export const InfoIcon = icon('M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17ZM12 11v5.5M12 7.7v.1');
export const LinkIcon = icon('M13 5h6v6M19 5l-9 9M10 6H5v13h13v-5');
export const MoonIcon = icon('M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5Z');
export const MoreIcon = icon('M5 11.5v1M4.5 12h1M12 11.5v1M11.5 12h1M19 11.5v1M18.5 12h1');
export const PatientIcon = icon('M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 20.5c.8-4 3.8-6 7.5-6s6.7 2 7.5 6');
export const PlusIcon = icon('M12 5v14M5 12h14');
export const PrintIcon = icon('M7 9V4h10v5M7 17H4V9h16v8h-3M7 14h10v6H7Z');
export const QuestionIcon = icon(
  'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17ZM9.5 9.5a2.5 2.5 0 1 1 3.5 2.3c-.7.3-1 .8-1 1.7M12 16.5v.1',
);
export const RetryIcon = icon('M20 12a8 8 0 1 1-2.5-5.8M20 4v4h-4');
export const ScreenIcon = icon('M3.5 5h17v11h-17ZM9 20h6M12 16v4');
export const SplitIcon = icon('M5 4v5c0 3 7 3 7 6v5M19 4v5c0 3-7 3-7 6');
export const StopIcon = icon('M8.5 3.5h7l5 5v7l-5 5h-7l-5-5v-7ZM12 8v5M12 16v.1');
export const SunIcon = icon(
  'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M18.7 5.3l-1.4 1.4M6.7 17.3l-1.4 1.4',
);
export const TrashIcon = icon('M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5');
