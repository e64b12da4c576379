import { type ReactNode, useEffect, useRef } from 'react';
import { Models } from './models/models.tsx';
import { Overview } from './overview/overview.tsx';
import { Empty, Loaded } from './parts/loaded.tsx';
import { Playground } from './playground/playground.tsx';
import { type Deployment, useDeployment } from './queries.ts';
import { Requests } from './requests/requests.tsx';
import { linkTo, type Route, useRoute } from './route.ts';
import { ImportTeams } from './teams/import-teams.tsx';
import { TeamPage } from './teams/team-page.tsx';
import { Teams } from './teams/teams.tsx';
import { useTheme } from './theme.ts';

interface View {
  /** The first part of its addresses. */
  readonly path: string;
  readonly title: string;
  /** The path of its icon, in a square of 16. */
  readonly icon: string;
  /** Whether its address may name one of what it shows. */
  readonly takesName?: boolean;
  readonly show: (deployment: Deployment, query: URLSearchParams, name: string | undefined) => ReactNode;
}

/** In the order of their links. */
const views: readonly View[] = [
  {
    path: 'overview',
    title: 'Overview',
    icon: 'M2.5 13.5v-4M6.2 13.5v-7M9.8 13.5v-5M13.5 13.5v-11',
    show: (deployment) => <Overview deployment={deployment} />,
  },
  {
    path: 'teams',
    title: 'Teams',
    icon: 'M6 7.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM1.5 13.5c0-2.5 2-4 4.5-4s4.5 1.5 4.5 4M10.5 2.8a2.5 2.5 0 0 1 0 4.4M12.5 9.9c1.3.6 2 1.9 2 3.6',
    takesName: true,
    show(deployment, query, name) {
      if (name === undefined) return <Teams deployment={deployment} query={query} />;
      // A team's name may be "import" too: the view has a name that none can have.
      if (name === '+import') return <ImportTeams />;
      return <TeamPage key={name} deployment={deployment} name={name} />;
    },
  },
  {
    path: 'models',
    title: 'Models',
    icon: 'M8 1.5 14 4.8v6.4L8 14.5 2 11.2V4.8ZM2 4.8l6 3.3 6-3.3M8 8.1v6.4',
    show: (deployment) => <Models deployment={deployment} />,
  },
  {
    path: 'playground',
    title: 'Playground',
    icon: 'M2 3.5h12v8H7l-3 2.5v-2.5H2Z',
    show: (deployment, query) => <Playground deployment={deployment} asked={query.get('key') ?? undefined} />,
  },
  {
    path: 'requests',
    title: 'Requests',
    icon: 'M7 12a5 5 0 1 0 0-10 5 5 0 0 0 0 10ZM10.7 10.7 14 14',
    takesName: true,
    show: (deployment, _query, name) => <Requests key={name} deployment={deployment} id={name} />,
  },
];

/** What is around every view: where this is, and the way to the others. */
export function Frame() {
  const deployment = useDeployment();
  const route = useRoute();
  const main = useRef<HTMLElement>(null);
  const place = route.path.join('/');
  const shown = useRef(place);
  useEffect(() => {
    // As if the page were another one: read out from its heading on. Not for the first, which the browser reads.
    if (shown.current === place) return;
    shown.current = place;
    main.current?.focus();
    scrollTo(0, 0);
  }, [place]);
  const view = views.find(({ path }) => path === route.path[0]);
  const here = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    document.title = `${view?.title ?? 'Not found'} · Proxy console`;
    // On a phone, not all links fit. Not by scrollIntoView, from where the Tab key would go on.
    const link = here.current;
    if (view && link) link.closest('nav')?.scrollTo({ left: link.offsetLeft - link.offsetWidth });
  }, [view]);
  return (
    <div className="frame">
      {/* Not a link, because the fragment of the address is the view. */}
      <button type="button" className="skip" onClick={() => main.current?.focus()}>
        Skip to the content
      </button>
      <header className="top">
        <a className="brand" href={linkTo('overview')}>
          <Mark />
          <span>{deployment.data?.name ?? 'Proxy console'}</span>
        </a>
        {deployment.data && <Where deployment={deployment.data} />}
        <ThemeButton />
      </header>
      <nav className="views" aria-label="Views">
        <ul>
          {views.map((each) => (
            <li key={each.path}>
              <a
                href={linkTo(each.path)}
                ref={each === view ? here : undefined}
                aria-current={each === view ? 'page' : undefined}
              >
                <svg aria-hidden="true" viewBox="0 0 16 16" className="icon">
                  <path d={each.icon} />
                </svg>
                {each.title}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <main id="main" ref={main} tabIndex={-1}>
        <Loaded query={deployment} lines={8}>
          {(loaded) => pageOf(view, route, loaded)}
        </Loaded>
      </main>
    </div>
  );
}

function pageOf(
  view: View | undefined,
  { path: [, name, ...rest], query }: Route,
  deployment: Deployment,
): ReactNode {
  if (view && rest.length === 0 && (name === undefined || view.takesName)) {
    return view.show(deployment, query, name);
  }
  return (
    <Empty title="There is no such view">
      <a href={linkTo('overview')}>Go to the overview</a>
    </Empty>
  );
}

function Where({ deployment: { place, account, region, timeZone } }: { readonly deployment: Deployment }) {
  return (
    <dl className="where">
      <div>
        <dt>{place === 'local' ? 'Place' : 'Account'}</dt>
        <dd>{place === 'local' ? 'This machine' : (account ?? 'not known')}</dd>
      </div>
      <div>
        <dt>Region</dt>
        <dd>{region}</dd>
      </div>
      <div>
        <dt>Times in</dt>
        <dd>{timeZone}</dd>
      </div>
    </dl>
  );
}

function ThemeButton() {
  const { theme, toggle } = useTheme();
  return (
    <button type="button" className="ghost small" onClick={toggle}>
      <svg aria-hidden="true" viewBox="0 0 16 16" className="icon">
        {theme === 'dark' ? (
          <path d="M8 4.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7ZM8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M3 13l1-1M12 4l1-1" />
        ) : (
          <path d="M13.5 9.8A5.8 5.8 0 0 1 6.2 2.5a5.8 5.8 0 1 0 7.3 7.3Z" />
        )}
      </svg>
      {theme === 'dark' ? 'Light' : 'Dark'}
      <span className="for-readers"> theme</span>
    </button>
  );
}

function Mark() {
  return (
    <svg aria-hidden="true" viewBox="0 0 20 20" className="mark">
      <rect x="1" y="1" width="18" height="18" rx="5" />
      <path d="M6 13V9M10 13V6M14 13v-2.5" />
    </svg>
  );
}
