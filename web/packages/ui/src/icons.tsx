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
