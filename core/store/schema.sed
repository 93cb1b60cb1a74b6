# schema.sed - turns schema.sql into a C string.
s/[\\"]/\\&/g
s/.*/"&\\n"/
