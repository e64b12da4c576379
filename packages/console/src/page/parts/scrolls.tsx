import type { ReactNode } from 'react';

interface ScrollsProps {
  /** What is in it, for those who hear the page. */
  readonly label: string;
  readonly className?: string;
  readonly children: ReactNode;
}

/** A part of the page that scrolls by itself, such as a table that is wider than a phone. */
export function Scrolls({ label, className = '', children }: ScrollsProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so it has to be reached by keyboard
    <section className={`scrolls ${className}`.trim()} aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}
