"""What the file channel believes, in numbers. Sections are those of own_shops_and_files.md §6.

Also believed, without a number:

* A file of ours that is gone from its folder was taken and carried out, unless its profile has a done marker: then only
  the marker says so (rule 11). Somebody who deletes it by hand is believed too; a folder that
  isn't there at all (a share that is not mounted) says nothing.
* From then on the channel shows what the file said, less the orders placed since that its order files tell, until a
  stock file downloaded from it says what it really shows.
* A file of ours that is marked as failed was refused whole, for one or a few of its rows: sent again in halves the
  others get through. Where a file must say every number, nothing does until somebody mends it.
* What it shows before our first file is unknown. It is taken for more than anything we would send, so the first number
  of every listing goes out as a lowering, which nothing withholds.
* A row that a snapshot lacks says nothing: neither 0 nor gone.
"""

from __future__ import annotations

from datetime import timedelta

STEADY_SECONDS = 2.0  # rule 6: a file is taken whose size and time stay the same for so long
MOST_BYTES = 64 * 1024 * 1024  # of one file
LATER_THAN_NOW = timedelta(minutes=10)  # a snapshot taken later than so is of a clock that is wrong
MOST_CHANGED = 0.3  # rule 8: more rows gone or at zero are held for a person …
FEW_ROWS = 3  # … unless they are fewer than so many
TOLD_WITHIN = timedelta(minutes=3)  # a number that was taken and that nobody asks for any more shows after so long
RETRY_REFUSED = timedelta(hours=1)  # what the partner refused is sent again: a bad row alone
MOST_HALVED = 40  # files refused, and none taken between: it is no row for which they are
REMEMBERED = 5000  # files whose content is known again (rule 7)
MALL_TELLS_WITHIN = timedelta(hours=1)  # a shipment may be told so long before the mall tells of its order
READ_BATCH = 10_000  # listings in one look: nothing is asked of anybody
MOST_UNITS = 999_999_999  # where no number goes out
