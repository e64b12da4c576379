/**
 * Where this code is, and how its user calls it. There are two: a clone of this repository, which runs from source, and the
 * package from npm. An export condition chooses, so that a bundle has one of them only.
 */
export interface Installation {
  /** Of the package for npm. In a clone: of the last release. */
  readonly version: string;
  /** What the user types before a command. */
  readonly program: string;
  /** Folder of the documents, as the user opens it. */
  readonly documents: string;
  /** The config to use if neither the user nor a folder has one. */
  readonly config: string | undefined;
  /** Folder of the built functions. */
  readonly functions: string;
  /** Builds the functions. Undefined if they came built. */
  readonly buildFunctions: (() => Promise<void>) | undefined;
  /** Folder that the patterns of {@link sources} start from. */
  readonly root: string;
  /** All that a synthesis reads, except the config: patterns of files. */
  readonly sources: readonly string[];
  /** Folder for what can be made again. It may not be writable. */
  readonly cache: string;
  /** What the user types before a command of the CDK's own command line. */
  readonly cdkProgram: string;
  /** What Node runs as that: a program, and its first arguments. */
  readonly cdk: readonly string[];
  /** The program that runs the local gateway. */
  readonly gateway: URL;
  /** The program of the local gateway's worker threads. */
  readonly worker: URL;
  /** Folder of the page at `/docs` of the local gateway. Folders end with a slash. */
  readonly page: URL;
  /** Folder of Swagger UI, which that page shows. */
  readonly swaggerUi: URL;
  /** The operator's page: the program that builds it, or the folder of its files. */
  readonly consolePage:
    | { readonly kind: 'source'; readonly build: URL }
    | { readonly kind: 'built'; readonly folder: URL };
  /** The OpenAPI document. */
  readonly openApi: URL;
}
