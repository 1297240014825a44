"""Reading what people and programs give: strictly, with the place of every fault, and before any rule sees it."""
