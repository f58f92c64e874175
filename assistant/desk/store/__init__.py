"""What is kept between runs: one SQLite file, its tables, its migrations.

place       where the file is
tables      what is in it
opening     opens it, or says what is wrong with it and leaves it alone
store       what the desk asks it
tickets     what people ask it: lists, single tickets, resolutions
migrations  how a file of an older program becomes one of this program
"""
