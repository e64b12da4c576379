import { type ReactNode, useEffect, useRef } from 'react';

interface MenuProps {
  /** What the actions are for. */
  readonly of: string;
  readonly children: ReactNode;
}

/** Actions that a button shows. It closes with Escape, with a click elsewhere, and when the focus leaves. */
export function Menu({ of, children }: MenuProps) {
  const ref = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const close = (event: Event) => {
      const menu = ref.current;
      if (!menu?.open) return;
      if (event instanceof KeyboardEvent) {
        if (event.key !== 'Escape') return;
        menu.querySelector('summary')?.focus();
      } else if (event.target instanceof Node && menu.contains(event.target)) return;
      menu.open = false;
    };
    const events = ['pointerdown', 'keydown', 'focusin'];
    for (const event of events) document.addEventListener(event, close);
    return () => {
      for (const event of events) document.removeEventListener(event, close);
    };
  }, []);
  const closed = () => {
    if (ref.current) ref.current.open = false;
  };
  return (
    <details className="menu" ref={ref}>
      <summary>
        Actions<span className="for-readers"> for {of}</span>
      </summary>
      {/* biome-ignore lint/a11y/noStaticElementInteractions lint/a11y/useKeyWithClickEvents: its buttons take both */}
      <div className="menu-items" onClick={closed}>
        {children}
      </div>
    </details>
  );
}
