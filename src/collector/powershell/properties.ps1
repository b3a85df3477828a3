# Properties of Hyper-V's objects, as the report holds them.

$Getters = @{}

function Format-Guid($value) {
    if ($null -eq $value -or [Guid]$value -eq [Guid]::Empty) { return $null }
    return ([Guid]$value).ToString()
}

function Format-Enum($value) {
    if ($null -eq $value) { return $null }
    return [ordered]@{ c = [int]$value; n = [string]$value }
}

# The getter method throws where the property would quietly be null, and null would be taken for "none".
function Read-Property($object, [string]$name) {
    $key = $object.GetType().FullName + '|' + $name
    if (-not $Getters.ContainsKey($key)) {
        $Getters[$key] = $null -ne $object.GetType().GetMethod('get_' + $name, [Type]::EmptyTypes)
    }
    if ($Getters[$key]) { return $object."get_$name"() }
    # Older builds lack some properties.
    $property = $object.PSObject.Properties[$name]
    if ($null -eq $property) { return $null }
    return $property.Value
}

# A property whose failure is worth an error, but not the whole record.
function Read-Optional($object, [string]$name, $errors) {
    try { return Read-Property $object $name }
    catch {
        [void]$errors.Add((New-Problem 'PROP_READ_FAILED' $_ $name))
        return $null
    }
}

# No parent and an unreadable one are two things: the second makes all sizes of the VM unknown.
function Read-Parent($object, $errors) {
    $before = $errors.Count
    $id = Format-Guid (Read-Optional $object 'ParentSnapshotId' $errors)
    return @{ id = $id; unknown = $errors.Count -gt $before }
}
