// Light or dark as this browser remembers it: loaded before anything is painted, so that no page flashes in the other one. The page itself
// is the same for everybody.
"use strict";
{
  const [, theme] = /(?:^|; )theme=(light|dark)(?:;|$)/.exec(document.cookie) ?? [];
  if (theme) document.documentElement.dataset.theme = theme;
}
