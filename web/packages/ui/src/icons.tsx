import type { ReactNode } from "react";

interface IconProps {
  readonly className?: string;
}

function icon(drawing: ReactNode) {
  return function Icon({ className = "size-6" }: IconProps) {
    return (
      <svg aria-hidden="true" viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" strokeLinejoin="round" className={className}>
        {drawing}
      </svg>
    );
  };
}

export const BellIcon = icon(<path d="M6 9.5a6 6 0 0 1 12 0c0 5 2 6.5 2 6.5H4s2-1.5 2-6.5ZM10 20a2.2 2.2 0 0 0 4 0" />);
export const CloseIcon = icon(<path d="M6 6l12 12M18 6L6 18" />);
export const CheckIcon = icon(<path d="M5 12.5l4.5 4.5L19 7.5" />);
export const BackIcon = icon(<path d="M15 5l-7 7 7 7" />);
export const DrumIcon = icon(
  <>
    <rect x="4" y="3" width="16" height="18" rx="3.5" />
    <circle cx="12" cy="13.5" r="4.5" />
    <path d="M7.5 6.3h.01M11 6.3h5" />
  </>,
);
export const BasketIcon = icon(<path d="M3 10h18l-2 9.2a1.5 1.5 0 0 1-1.5 1.3h-11A1.5 1.5 0 0 1 5 19.2L3 10Zm4.5 0L11 4m5.5 6L13 4M9.5 14v3m5-3v3" />);
export const UserIcon = icon(
  <>
    <circle cx="12" cy="8.5" r="3.8" />
    <path d="M4.5 20c1-3.8 4-5.5 7.5-5.5s6.5 1.700 7.5 5.5" />
  </>,
);
export const SunIcon = icon(
  <>
    <circle cx="12" cy="12" r="4" />
    <path d="M12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.400 1.400M17.3 17.3l1.400 1.400M5.3 18.700l1.400-1.400M17.3 6.700l1.400-1.400" />
  </>,
);
export const MoonIcon = icon(<path d="M20 14.5A8 8 0 0 1 9.5 4 8 8 0 1 0 20 14.5Z" />);
export const DeviceIcon = icon(
  <>
    <rect x="3" y="4.5" width="18" height="12" rx="2" />
    <path d="M9 20h6" />
  </>,
);
export const EraseIcon = icon(<path d="M9 5h11v14H9l-6-7 6-7Zm3 4.5l5 5m0-5l-5 5" />);
export const SignOutIcon = icon(<path d="M14 4h4a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2h-4M10 8l-4 4 4 4M6.5 12H15" />);
export const OfflineIcon = icon(<path d="M3 3l18 18M5 12.5a10 10 0 0 1 4-2.400M2 8.8a15 15 0 0 1 4.2-2.600M12 6c3.8 0 7.3 1 10 2.8M15.5 10.400A10 10 0 0 1 19 12.5M8.5 16a5 5 0 0 1 7 0M12 19.5h.01" />);
export const TrashIcon = icon(<path d="M4 7h16M9 7V4.5h6V7M6.5 7l1 12.5h9l1-12.5" />);
export const ActivityIcon = icon(<path d="M3 12h4l3-8 4 16 3-8h4" />);
export const ClockIcon = icon(
  <>
    <circle cx="12" cy="12" r="9" />
    <path d="M12 7v5l3.5 2" />
  </>,
);
export const DeskIcon = icon(<path d="M4 20v-8h16v8M2.5 12h19M8 12V8.5a4 4 0 0 1 8 0V12M12 3v1.5" />);
export const WarningIcon = icon(<path d="M12 4L2.5 20h19L12 4Zm0 6v5m0 2.5h.01" />);
export const PeopleIcon = icon(
  <>
    <circle cx="9" cy="8" r="3.5" />
    <path d="M2.5 20a6.5 6.5 0 0 1 13 0M16 5a3.5 3.5 0 0 1 0 6.5M18 14.5a6.5 6.5 0 0 1 3.5 5.5" />
  </>,
);
export const ChartIcon = icon(<path d="M4 4v16h16M8 16v-4m4 4V8m4 8v-6" />);
export const SettingsIcon = icon(
  <>
    <circle cx="12" cy="12" r="3" />
    <path d="M12 2.5v3m0 13v3M2.5 12h3m13 0h3M5.3 5.3l2.1 2.1m9.2 9.2 2.1 2.1m0-13.4-2.1 2.1m-9.2 9.2-2.1 2.1" />
  </>,
);
export const CameraIcon = icon(
  <>
    <path d="M3 8.5A1.5 1.5 0 0 1 4.5 7H8l1.5-2.5h5L16 7h3.5A1.5 1.5 0 0 1 21 8.5v9a1.5 1.5 0 0 1-1.5 1.5h-15A1.5 1.5 0 0 1 3 17.5v-9Z" />
    <circle cx="12" cy="13" r="3.5" />
  </>,
);
export const SearchIcon = icon(
  <>
    <circle cx="10.5" cy="10.5" r="6.5" />
    <path d="M15.5 15.5L21 21" />
  </>,
);
export const DownloadIcon = icon(<path d="M12 4v11m-4.5-4.5L12 15l4.5-4.5M4 20h16" />);
export const PlayIcon = icon(<path d="M7 4.5v15l12-7.5-12-7.5Z" />);
export const LanguageIcon = icon(
  <>
    <circle cx="12" cy="12" r="9" />
    <path d="M3 12h18M12 3c2.8 2.6 4 5.6 4 9s-1.2 6.4-4 9c-2.8-2.6-4-5.6-4-9s1.2-6.4 4-9Z" />
  </>,
);
export const EyeIcon = icon(
  <>
    <path d="M2 12c2.5-4.3 5.8-6.5 10-6.5s7.5 2.2 10 6.5c-2.5 4.3-5.8 6.5-10 6.5S4.5 16.3 2 12Z" />
    <circle cx="12" cy="12" r="3" />
  </>,
);
export const ListIcon = icon(<path d="M9 6h11M9 12h11M9 18h11M4.5 6h.01M4.5 12h.01M4.5 18h.01" />);
export const ToolIcon = icon(<path d="M14.5 6.5a4.5 4.5 0 0 1 5.7-1.3l-3 3 .6 2 2 .6 2-2a4.5 4.5 0 0 1-6 5.2L9 20.8A2.3 2.3 0 0 1 5.8 17.5l6.7-6.7a4.5 4.5 0 0 1 2-4.3Z" />);
export const QrIcon = icon(<path d="M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h3v3h-3zM20 14v2m-3 4h3m0 0v-1" />);
export const CupIcon = icon(<path d="M4 9h12v5a5 5 0 0 1-5 5H9a5 5 0 0 1-5-5zM16 10h1.5a3 3 0 0 1 0 6H16M8 3.5v2M12 3.5v2" />);
export const ScreenIcon = icon(<path d="M3 5h18v11H3zM8.5 20h7M12 16v4" />);
export const PlusIcon = icon(<path d="M12 5v14M5 12h14" />);
export const MinusIcon = icon(<path d="M5 12h14" />);
export const BoxIcon = icon(<path d="M3.5 7.5L12 3l8.5 4.5v9L12 21l-8.5-4.5v-9Zm0 0L12 12l8.5-4.5M12 12v9" />);
export const GaugeIcon = icon(<path d="M4 18a9 9 0 1 1 16 0M12 14l4-5M12 14h.01" />);
export const TicketIcon = icon(<path d="M3 7h18v3.5a1.5 1.5 0 0 0 0 3V17H3v-3.5a1.5 1.5 0 0 0 0-3ZM14 7v10" />);
export const CalendarIcon = icon(<path d="M4 6h16v14H4zM4 10.5h16M8.5 3.5v4m7-4v4" />);
export const MoreIcon = icon(<path d="M5.5 12h.01M12 12h.01M18.5 12h.01" />);
export const ChatIcon = icon(<path d="M4 5h16v11H10l-4 4v-4H4z" />);
export const PhoneIcon = icon(<path d="M7 3h10v18H7zM11 18h2M10 7h4M10 10h4" />);
export const UndoIcon = icon(<path d="M9 5L4 10l5 5M4 10h10a5.5 5.5 0 0 1 0 11h-3" />);
export const SendIcon = icon(<path d="M4 12L20 4l-5 16-3.500-7z M11.500 13L20 4" />);
