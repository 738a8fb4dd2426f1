/** How it looks: the page's own font, a few properties to fit it in, and logical directions throughout. */

const TEXT = /* css */ `
  :host {
    --_accent: var(--alignment-accent, light-dark(#0b57a4, #8fc1ff));
    --_on-accent: var(--alignment-on-accent, light-dark(#fff, #0b1a2b));
    --_page: var(--alignment-background, light-dark(#fff, #14171b));
    --_card: var(--alignment-surface, light-dark(#f4f6f9, #1e2329));
    --_ink: var(--alignment-text, light-dark(#1b1f24, #eceff3));
    --_quiet: var(--alignment-text-quiet, light-dark(#4b5563, #b4bcc8));
    --_line: var(--alignment-border, light-dark(#7c8593, #8791a0));
    --_faint: color-mix(in srgb, var(--_line) 45%, transparent);
    --_wrong: var(--alignment-error, light-dark(#b3261e, #ffb4ab));
    --_radius: var(--alignment-radius, 0.5rem);
    --_space: var(--alignment-spacing, max(1rem, 16px));
    display: block;
    container-type: inline-size;
    text-align: start;
  }
  iframe {
    display: block;
    inline-size: 100%;
    block-size: 24rem;
    border: 0;
  }
  :host([hidden]) {
    display: none;
  }
  :host([theme="light"]) {
    color-scheme: light;
  }
  :host([theme="dark"]) {
    color-scheme: dark;
  }
  *,
  ::before,
  ::after {
    box-sizing: border-box;
  }
  .base {
    padding: var(--alignment-padding, clamp(1rem, 4cqi, 2rem));
    border-radius: var(--_radius);
    background: var(--_page);
    color: var(--_ink);
    font-family: var(--alignment-font, inherit);
    font-size: var(--alignment-font-size, max(1rem, 16px));
    line-height: 1.5;
    letter-spacing: normal;
    word-spacing: normal;
    overflow-wrap: anywhere;
    hyphens: auto;
  }
  /* A language that runs the other way than the page keeps its full stops in place. */
  h2,
  h3,
  h4,
  p,
  li,
  dd,
  dt,
  small,
  span {
    unicode-bidi: plaintext;
    text-align: -webkit-match-parent;
    text-align: match-parent;
  }
  .page,
  form,
  section,
  fieldset {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--_space);
    min-inline-size: 0;
    max-inline-size: 44em;
    margin-inline: auto;
  }
  section,
  fieldset {
    margin: 0;
    padding: 0;
    border: 0;
  }
  section {
    gap: calc(var(--_space) * 0.6);
  }
  section:not(.card) {
    margin-block-start: var(--_space);
  }
  h2,
  h3,
  h4,
  p,
  ul,
  ol,
  dl,
  dd {
    margin: 0;
  }
  h2 {
    font-size: 1.4em;
    line-height: 1.25;
    text-wrap: balance;
    scroll-margin-block: 1rem;
  }
  h3 {
    font-size: 1.15em;
    line-height: 1.3;
  }
  h4 {
    font-size: 1em;
  }
  :focus-visible {
    outline: 3px solid var(--_accent);
    outline-offset: 2px;
  }
  [tabindex="-1"] {
    outline: none;
  }
  ul,
  ol {
    padding-inline-start: 1.25rem;
  }
  small,
  .hint,
  .help,
  .status {
    color: var(--_quiet);
    font-size: 0.9em;
  }
  small {
    display: block;
  }
  .lead {
    font-size: 1.05em;
  }
  .facts {
    display: flex;
    flex-wrap: wrap;
    gap: 0.35rem 1.25rem;
    padding: 0;
    list-style: none;
  }
  dt {
    color: var(--_quiet);
    font-size: 0.9em;
  }
  ul.facts li {
    padding: 0.2rem 0.7rem;
    border-radius: 9rem;
    background: var(--_card);
  }
  .card,
  .notice,
  .problems {
    display: grid;
    gap: 0.6rem;
    padding: var(--_space);
    border-radius: var(--_radius);
    background: var(--_card);
  }
  .notice {
    grid-template-columns: 1fr auto;
    align-items: center;
    border-inline-start: 4px solid var(--_accent);
  }
  .problems {
    border: 2px solid var(--_wrong);
  }
  .error {
    color: var(--_wrong);
  }
  legend {
    padding: 0;
    font-weight: 650;
    margin-block-end: 0.5rem;
  }
  .field,
  .choices {
    display: grid;
    gap: 0.4rem;
  }
  .others {
    padding-block-start: 0.6rem;
    border-block-start: 1px solid var(--_faint);
  }
  input[type="text"],
  select,
  textarea {
    inline-size: 100%;
    min-block-size: max(2.75rem, 44px);
    padding: 0.5rem 0.7rem;
    border: 1px solid var(--_line);
    border-radius: var(--_radius);
    background: var(--_page);
    color: inherit;
    font: inherit;
  }
  [aria-invalid="true"]:not([type="radio"]) {
    border: 2px solid var(--_wrong);
  }
  .choice {
    display: grid;
    grid-template-columns: auto 1fr;
    gap: 0.75rem;
    align-items: center;
    min-block-size: max(2.75rem, 44px);
    padding: 0.6rem 0.8rem;
    border: 1px solid var(--_faint);
    border-radius: var(--_radius);
    cursor: pointer;
  }
  .choice:hover {
    border-color: var(--_accent);
  }
  .choice:has(:checked) {
    border-color: var(--_accent);
    background: color-mix(in srgb, var(--_accent) 10%, var(--_page));
    box-shadow: inset 0 0 0 1px var(--_accent);
  }
  .choice:has(:focus-visible) {
    outline: 3px solid var(--_accent);
    outline-offset: 2px;
  }
  .choice input {
    inline-size: max(1.4rem, 22px);
    block-size: max(1.4rem, 22px);
    margin: 0;
    accent-color: var(--_accent);
    outline: none;
  }
  .buttons {
    display: flex;
    flex-wrap: wrap;
    gap: 0.75rem;
  }
  button {
    min-block-size: max(2.75rem, 44px);
    padding: 0.6rem 1.25rem;
    border: 2px solid var(--_accent);
    border-radius: var(--_radius);
    background: var(--_accent);
    color: var(--_on-accent);
    font: inherit;
    font-weight: 600;
    cursor: pointer;
  }
  button.quiet {
    background: transparent;
    color: var(--_accent);
  }
  button:hover {
    text-decoration: underline;
  }
  button:disabled {
    opacity: 0.6;
    cursor: default;
  }
  button.link {
    justify-self: start;
    padding: 0.4rem 0.25rem;
    border: 0;
    background: none;
    color: var(--_accent);
    font-weight: 500;
    text-decoration: underline;
    text-underline-offset: 0.2em;
  }
  a {
    display: inline-block;
    min-block-size: max(1.5rem, 24px);
    color: var(--_accent);
    text-underline-offset: 0.2em;
  }
  .progress {
    display: grid;
    gap: 0.4rem;
  }
  .progress p {
    display: flex;
    flex-wrap: wrap;
    justify-content: space-between;
    gap: 0 1rem;
    color: var(--_quiet);
    font-size: 0.9em;
  }
  progress {
    inline-size: 100%;
    accent-color: var(--_accent);
  }
  .status {
    min-block-size: 1.5em;
  }
  .rows,
  .bars,
  .figures,
  .moves {
    display: grid;
    gap: 0.75rem;
    padding: 0;
    list-style: none;
  }
  .rows li {
    display: grid;
    grid-template-columns: 1fr auto;
    gap: 0 1rem;
    align-items: start;
    padding-block: 0.5rem;
    border-block-end: 1px solid var(--_faint);
  }
  .said {
    color: var(--_quiet);
    white-space: pre-line;
  }
  .level {
    font-size: 1.35em;
  }
  .score {
    font-weight: 650;
  }
  .ladder {
    display: grid;
    grid-auto-flow: column;
    gap: 0.3rem;
  }
  .ladder span {
    block-size: 0.6rem;
    border: 1px solid var(--_accent);
    border-radius: 0.2rem;
  }
  .ladder .on {
    background: var(--_accent);
  }
  .track,
  .bar,
  .shares {
    position: relative;
    block-size: 0.75rem;
    border-radius: 0.2rem;
    background: var(--_faint);
  }
  .band,
  .mark,
  .bar span {
    position: absolute;
    inset-block: 0;
    inset-inline-start: 0;
  }
  .bar span {
    inline-size: calc(var(--at) * 100%);
    border-radius: inherit;
    background: var(--_accent);
  }
  .band {
    inset-inline-start: calc(var(--at) * 100%);
    inline-size: calc((var(--to) - var(--at)) * 100%);
    background: var(--_accent);
    opacity: 0.4;
  }
  .mark {
    inset-block: -0.25rem;
    inset-inline-start: calc(var(--at) * 100% - 2px);
    inline-size: 4px;
    border-radius: 2px;
    background: var(--_ink);
    box-shadow: 0 0 0 2px var(--_page);
  }
  .bars li {
    display: grid;
    grid-template-columns: 1fr auto;
    gap: 0.25rem 1rem;
  }
  .bars .bar {
    grid-column: 1 / -1;
  }
  .name {
    overflow-wrap: break-word;
  }
  .value {
    text-align: end;
    font-variant-numeric: tabular-nums;
  }
  .value small {
    display: inline;
  }
  .cap {
    display: grid;
    gap: 0.35rem;
    padding-inline-start: var(--_space);
    border-inline-start: 4px solid var(--_line);
  }
  .figures {
    gap: 1.5rem;
  }
  .figures li {
    display: grid;
    gap: 0.35rem;
  }
  .shares {
    display: flex;
    gap: 2px;
    margin-block: 0.35rem;
    background: none;
  }
  .shares span:not(.mark) {
    flex: var(--at) 1 0;
    background: var(--_faint);
  }
  .shares .own {
    background: var(--_accent) !important;
  }
  .hidden {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    margin: -1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  @container (min-width: 34rem) {
    .base {
      font-size: var(--alignment-font-size, max(1.0625rem, 17px));
    }
    h2 {
      font-size: 1.6em;
    }
  }
  @container (max-width: 24rem) {
    .buttons button {
      flex: 1 1 auto;
    }
    .notice,
    .rows li {
      grid-template-columns: 1fr;
    }
  }
  @media (forced-colors: active) {
    .bar,
    .track,
    .shares span,
    .choice,
    .card {
      border: 1px solid CanvasText;
    }
    .bar span,
    .band,
    .ladder .on,
    .shares .own {
      forced-color-adjust: none;
      background: Highlight !important;
    }
    .mark {
      forced-color-adjust: none;
      background: CanvasText;
    }
    .choice:has(:checked) {
      border: 3px solid Highlight;
    }
  }
`;

export const styles = new CSSStyleSheet();
styles.replaceSync(TEXT);
