declare const __PACKAGE_VERSION__: string;

/** The version of this package. The build puts it in; the source alone has none. */
export const version = typeof __PACKAGE_VERSION__ === 'undefined' ? 'source' : __PACKAGE_VERSION__;
